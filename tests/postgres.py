"""A PostgreSQL of one's own, started in a folder of its own and stopped after the tests."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "hunter2/with:signs"
HOW_TO_GET_IT = "PostgreSQL is not installed: apt-get install postgresql, or put pg_ctl on PATH"


def tool(name):
    """Return the path of a program of PostgreSQL; None where it is not installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = [shutil.which(name), *(shutil.which(name, path=str(folder)) for folder in folders)]
    return next(filter(None, found), None)


def is_installed():
    return tool("initdb") is not None and tool("pg_ctl") is not None


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextmanager
def server():
    """Start a server and yield its address without the name of a database, then stop it."""
    folder = Path(tempfile.mkdtemp(prefix="seqcast-postgres-"))
    # It refuses to be run by root.
    user = "nobody" if os.getuid() == 0 else None
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)

    def call(name, *arguments):
        log = folder.with_suffix(".log")
        command = [tool(name), "-D", folder / "data", *arguments]
        with log.open("ab") as output:
            subprocess.run(command, check=True, user=user, stdout=output, stderr=output, cwd="/")

    secret = folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    port = free_port()
    settings = f"-p {port} -k {folder} -c fsync=off -c listen_addresses=127.0.0.1"
    try:
        call("initdb", "-A", "scram-sha-256", "-U", "me", f"--pwfile={secret}", "--no-sync")
        call("pg_ctl", "-w", "-o", settings, "start")
        try:
            yield f"postgresql://me:{PASSWORD.replace('/', '%2F')}@127.0.0.1:{port}"
        finally:
            call("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
        folder.with_suffix(".log").unlink(missing_ok=True)
