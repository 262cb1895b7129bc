"""Django's PostgreSQL backend, with what a site needs while its database is away.

`pool` lends connections and finds dead ones before a query does, `connection` notices a query that isn't answered,
`outage` remembers that the database is away, `pooler` recognises PgBouncer, `limits` has sessions ended that hang.
Django loads the backend from `base`.
"""
