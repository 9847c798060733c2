"""Inputs as files: where they are written, and when they are taken away again."""

from __future__ import annotations

from pathlib import Path
from typing import Iterable, List, Optional, Sequence

from ._data import Data
from ._errors import SmoothcertError
from ._folder import is_job, jobs_below
from ._inputs import Inputs
from ._model import Model

#: Below a folder of results: the files that were made of arrays and modules.
INPUTS = "inputs"


class StoredInputs:
    """Writes the inputs below a folder; takes them away again if no job begins with them."""

    def __init__(self, model: Model, data: Data, base: Path, folders: Sequence[Path]) -> None:
        self._model = model
        self._data = data
        self._base = base
        self._folders = folders
        self._written: List[Path] = []

    def __enter__(self) -> Inputs:
        folder = self._base / INPUTS
        self._created = [one for one in (folder, *folder.parents) if not one.exists()]
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SmoothcertError(
                "FOLDER_UNUSABLE", f"{folder} cannot be made ({error.strerror}).", "Give out= a folder that you may write to."
            ) from error
        try:
            return stored(self._model, self._data, folder, self._written)
        except BaseException:
            self._take_back()
            raise

    def __exit__(self, kind: Optional[type], _error: object, _trace: object) -> None:
        begun = any(is_job(folder) for folder in self._folders)
        if kind is not None and (not begun or issubclass(kind, SmoothcertError)):
            self._take_back()

    def _take_back(self) -> None:
        """Deletes what this call wrote and no job names: other calls may have files there, too."""
        named = _named_in({*self._folders, self._base, *jobs_below(self._base)})
        for file in self._written:
            if str(file.resolve()) not in named:
                file.unlink(missing_ok=True)
        for folder in self._created:
            try:
                folder.rmdir()
            except OSError:
                # Something lies there: it stays, and so do those above.
                return


def _named_in(folders: Iterable[Path]) -> str:
    """Returns the texts of all job.json: a file that one of them names is needed."""
    return "".join((folder / "job.json").read_text(encoding="utf-8") for folder in folders if is_job(folder))


def stored(model: Model, data: Data, folder: Path, written: Optional[List[Path]] = None) -> Inputs:
    """Writes model and data into a folder, where they are no files yet, and returns all paths, absolute; ``written`` gets those it wrote."""
    images, labels = data.write(folder, written)
    return Inputs(model.write(folder, written).resolve(), images.resolve(), None if labels is None else labels.resolve())


def input_arguments(inputs: Inputs) -> List[str]:
    """Returns the words of a command line for inputs."""
    labels = [] if inputs.labels is None else [f"--labels={inputs.labels}"]
    return [f"--model={inputs.model}", f"--data={inputs.data}", *labels]
