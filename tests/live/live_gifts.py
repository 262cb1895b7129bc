"""The page “Live gifts” as a test reads it."""

PAGE = "/payouts/"


def read(client, user, url=PAGE):
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())
