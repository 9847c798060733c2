"""Certifies on a server as the argument says, a JSON object, and prints the news of it, an object a line."""

import json
import sys
from pathlib import Path

from smoothcert import SmoothcertError
from smoothcert._inputs import Inputs, ServerOptions
from smoothcert._server import cancel_on_server, certify_on_server


def tell(news):
    print(json.dumps(news), flush=True)


def main():
    asked = json.loads(sys.argv[1])
    files = ("ca", "certificate", "key")
    server = ServerOptions(**{name: Path(v) if name in files else v for name, v in asked["server"].items()})
    if asked.get("cancel"):
        cancel_on_server(Path(asked["out"]), server)
        return
    inputs = Inputs(Path(asked["model"]), Path(asked["data"]))
    certify_on_server(inputs, asked["sigma"], Path(asked["out"]), asked["flags"], server, tell)


if __name__ == "__main__":
    try:
        main()
    except SmoothcertError as error:
        tell({"news": "error", "code": error.code, "message": error.message, "remedy": error.remedy})
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
