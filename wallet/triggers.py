"""Database triggers as migration operations, on SQLite and PostgreSQL. They bind every client of the database."""

from collections.abc import Callable

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

Code = Callable[[StateApps, BaseDatabaseSchemaEditor], None]


class TriggerPair(migrations.RunPython):
    """Run the SQL of the database in use and ignore the other's."""

    reversible = True

    def __init__(self, *, postgresql: list[str], sqlite: list[str], undo: dict[str, list[str]]) -> None:
        def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
            for sql in {"postgresql": postgresql, "sqlite": sqlite}[schema_editor.connection.vendor]:
                schema_editor.execute(sql, params=None)

        def backwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
            for sql in undo[schema_editor.connection.vendor]:
                schema_editor.execute(sql, params=None)

        super().__init__(forwards, backwards)


def set_aside(trigger: TriggerPair) -> migrations.RunPython:
    """Drop a trigger before operations that rebuild its table; put_back() creates it again. Backwards, create it.

    SQLite rebuilds a table for most changes. That drops the table's own triggers, and a rename fails while another
    table's trigger refers to a table that is missing.
    """
    return _on_sqlite(trigger.reverse_code, trigger.code)


def put_back(trigger: TriggerPair) -> migrations.RunPython:
    """Create the trigger again that set_aside() dropped."""
    return _on_sqlite(trigger.code, trigger.reverse_code)


def _on_sqlite(forwards: Code | None, backwards: Code | None) -> migrations.RunPython:
    def only_there(code: Code | None) -> Code:
        def run(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
            if code and schema_editor.connection.vendor == "sqlite":
                code(apps, schema_editor)

        return run

    return migrations.RunPython(only_there(forwards), only_there(backwards))


def append_only(table: str) -> TriggerPair:
    """Refuse every UPDATE and DELETE of the table's rows."""
    name = f"{table}_append_only"
    return TriggerPair(
        postgresql=[
            f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation';
            END $$""",
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
            f"CREATE TRIGGER {name}_all BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {name}()",
        ],
        sqlite=[
            f"CREATE TRIGGER {name}_{verb} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ],
        undo={
            "postgresql": [
                f"DROP TRIGGER {name} ON {table}",
                f"DROP TRIGGER {name}_all ON {table}",
                f"DROP FUNCTION {name}()",
            ],
            "sqlite": [f"DROP TRIGGER {name}_UPDATE", f"DROP TRIGGER {name}_DELETE"],
        },
    )


def dated_rows_stay(table: str) -> TriggerPair:
    """Refuse every UPDATE of a dated row, and its DELETE once it counts."""
    name = f"{table}_stays"
    return TriggerPair(
        postgresql=[
            f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF TG_OP = 'DELETE' AND OLD.starts_at > now() THEN RETURN OLD; END IF;
                RAISE EXCEPTION '{table}: a row that counts stays as it is'
                    USING ERRCODE = 'integrity_constraint_violation';
            END $$""",
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ],
        sqlite=[
            f"CREATE TRIGGER {name}_UPDATE BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table}: a row that counts stays as it is'); END",
            f"CREATE TRIGGER {name}_DELETE BEFORE DELETE ON {table} "
            f"WHEN OLD.starts_at <= strftime('%Y-%m-%d %H:%M:%f', 'now') "
            f"BEGIN SELECT RAISE(ABORT, '{table}: a row that counts stays as it is'); END",
        ],
        undo={
            "postgresql": [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"],
            "sqlite": [f"DROP TRIGGER {name}_UPDATE", f"DROP TRIGGER {name}_DELETE"],
        },
    )


def same_unit() -> TriggerPair:
    """Refuse a transfer between two units. AFTER INSERT, because the same query may open the credit account."""
    broken = (
        "(SELECT unit FROM wallet_account WHERE name = NEW.debit_id) IS DISTINCT FROM "
        "(SELECT unit FROM wallet_account WHERE name = NEW.credit_id)"
    )
    return TriggerPair(
        postgresql=[
            f"""CREATE OR REPLACE FUNCTION wallet_transfer_same_unit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF {broken} THEN
                    RAISE EXCEPTION 'transfer between two units' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NULL;
            END $$""",
            "CREATE TRIGGER wallet_transfer_same_unit AFTER INSERT ON wallet_transfer "
            "FOR EACH ROW EXECUTE FUNCTION wallet_transfer_same_unit()",
        ],
        sqlite=[
            f"CREATE TRIGGER wallet_transfer_same_unit AFTER INSERT ON wallet_transfer "
            f"WHEN {broken.replace('IS DISTINCT FROM', 'IS NOT')} "
            f"BEGIN SELECT RAISE(ABORT, 'transfer between two units'); END"
        ],
        undo={
            "postgresql": [
                "DROP TRIGGER wallet_transfer_same_unit ON wallet_transfer",
                "DROP FUNCTION wallet_transfer_same_unit()",
            ],
            "sqlite": ["DROP TRIGGER wallet_transfer_same_unit"],
        },
    )
