"""Adds to a build what no file of this folder has: the messages of the server, compiled from the proto files of the clone."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from setuptools import setup
from setuptools.command.build import build
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = Path(__file__).resolve().parent
#: An archive of the sources carries its own copy; in a clone they are the ones of the server.
PROTO_FOLDERS = (HERE / "proto", HERE.parent.parent / "proto")
SERVICE = "smoothcert/v1/certification_service.proto"
#: What errors carry; nothing imports it.
DETAILS = "google/rpc/error_details.proto"
MESSAGES = Path("smoothcert", "_remote", "messages.desc")
WITHOUT = (
    "warning: this smoothcert is built without server=, because neither grpcio-tools nor protoc (3.15 or later) can compile "
    "its messages here. To have it: pip install grpcio-tools, then install smoothcert again."
)


def proto_folder() -> Path:
    """Returns the folder with the proto files. A copy of this folder alone, without its clone, has none."""
    for folder in PROTO_FOLDERS:
        if (folder / SERVICE).is_file():
            return folder
    raise SystemExit(
        f"There is no {SERVICE} beside this package: install it from a whole clone (pip install ./clients/python)."
    )


def compilers() -> list[list[str]]:
    """Returns the commands that can compile proto files here: that of grpcio-tools, and protoc."""
    found = []
    tools = importlib.util.find_spec("grpc_tools")
    if tools is not None and tools.origin is not None:
        well_known = Path(tools.origin).parent / "_proto"
        found.append([sys.executable, "-m", "grpc_tools.protoc", f"-I{well_known}"])
    protoc = shutil.which("protoc")
    if protoc is not None:
        found.append([protoc])
    return found


def compile_messages(target: Path) -> None:
    """Writes what the proto files define, as a FileDescriptorSet; says what is missing where that cannot be done."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    arguments = [f"-I{proto_folder()}", "--include_imports", f"--descriptor_set_out={partial}", SERVICE, DETAILS]
    said = []
    for compiler in compilers():
        done = subprocess.run([*compiler, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode == 0:
            partial.replace(target)
            return
        said.append(f"{' '.join(compiler)}: {done.stdout.strip()}")
    target.unlink(missing_ok=True)
    print("\n".join([*said, WITHOUT]), file=sys.stderr)


class FreshBuild(build):
    """Builds in a new folder: one of an earlier build may hold modules that are no longer there, and they would be installed."""

    def initialize_options(self) -> None:
        super().initialize_options()
        # A temporary folder that ends with this process.
        self.temporary = tempfile.TemporaryDirectory(prefix="smoothcert-build-")
        self.build_base = self.temporary.name


class BuildWithMessages(build_py):
    """Builds the modules, and the messages beside them; in this folder itself where the install is editable."""

    def run(self) -> None:
        super().run()
        editable = getattr(self, "editable_mode", False)
        compile_messages((HERE if editable else Path(self.build_lib)) / MESSAGES)


class SdistWithProto(sdist):
    """Puts the proto files into an archive of the sources, which is built without the clone."""

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        super().make_release_tree(base_dir, files)
        source = proto_folder()
        for file in source.rglob("*.proto"):
            copy = Path(base_dir, "proto", file.relative_to(source))
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)


setup(cmdclass={"build": FreshBuild, "build_py": BuildWithMessages, "sdist": SdistWithProto})
