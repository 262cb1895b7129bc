"""The real PgBouncer in transaction mode in front of a cluster, with two sessions there for everybody."""

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

# Debian puts it where only root's PATH leads.
PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PORT = 6432


@contextmanager
def pgbouncer(cluster):
    """Serve until the block ends; yield the address of the database through it. It has a socket and no port."""
    with tempfile.TemporaryDirectory(prefix="ovation-pgb-", dir="/tmp") as room:
        if user := cluster.server.system_user:
            shutil.chown(room, user)
        ini = Path(room, "pgbouncer.ini")
        ini.write_text(
            f"[databases]\novation = host={cluster.data} dbname=ovation user=postgres\n"
            f"[pgbouncer]\nlisten_addr =\nlisten_port = {PORT}\nunix_socket_dir = {room}\nauth_type = any\n"
            f"pool_mode = transaction\ndefault_pool_size = 2\nserver_login_retry = 1\nlogfile = {room}/log\n"
        )
        ini.chmod(0o644)
        process = subprocess.Popen([PGBOUNCER, "--quiet", str(ini)], user=user, cwd=room)
        try:
            until = time.monotonic() + 10
            while not Path(room, f".s.PGSQL.{PORT}").exists():
                assert process.poll() is None, Path(room, "log").read_text()
                assert time.monotonic() < until, "PgBouncer didn't open its socket"
                time.sleep(0.05)
            yield f"postgres://postgres@/ovation?host={room}&port={PORT}"
        finally:
            process.terminate()
            process.wait(10)
