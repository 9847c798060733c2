"""certify, predict and cancel."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional, Sequence, Union, overload

from ._arrays import PathLike
from ._errors import SmoothcertError
from ._inputs import ServerOptions
from ._job import Sigma, asked_of, run_jobs
from ._run import Run
from ._runs import Runs


@overload
def certify(
    model: Any, x: Any, y: Any = ..., *, sigma: float, normalize: Any = ..., out: Optional[PathLike] = ...,
    server: Optional[str] = ..., token: Optional[str] = ..., tls: "bool | PathLike | ServerOptions | None" = ...,
    progress: Optional[bool] = ..., **flags: Any,
) -> Run: ...  # fmt: skip
@overload
def certify(
    model: Any, x: Any, y: Any = ..., *, sigma: Sequence[float], normalize: Any = ..., out: Optional[PathLike] = ...,
    server: Optional[str] = ..., token: Optional[str] = ..., tls: "bool | PathLike | ServerOptions | None" = ...,
    progress: Optional[bool] = ..., **flags: Any,
) -> Runs: ...  # fmt: skip
def certify(
    model: Any,
    x: Any,
    y: Any = None,
    *,
    sigma: Optional[Sigma] = None,
    normalize: Any = None,
    out: Optional[PathLike] = None,
    server: Optional[str] = None,
    token: Optional[str] = None,
    tls: "bool | PathLike | ServerOptions | None" = None,
    progress: Optional[bool] = None,
    **flags: Any,
) -> Union[Run, Runs]:
    """Certifies images: a class and a radius for each, right with probability 1 − α, or an abstention.

    The same call resumes where it was stopped, and returns at once what is done. Ctrl-C stops cleanly.

    Parameters
    ----------
    model : path, bytes, torch.nn.Module or sklearn classifier
        An ONNX file or its bytes; or a module, of which a copy in evaluation mode and float32 is exported. Before anything is
        drawn the export is compared with the copy and with the module itself on 32 inputs: images, and noisy copies of them of the
        smallest and the largest σ, in two batches. What the module does elsewhere is not seen. Classifiers of scikit-learn need
        skl2onnx; that way was never run.
    x : numpy.ndarray, torch.Tensor or path
        Images [images, channels, height, width], [images, height, width, channels], [images, height, width] or
        [images, values]; uint8, or floats in [0, 1], before any normalisation. With ``features=True`` numbers of any kind.
        A path names what the command reads: .npz, .npy, IDX, CIFAR batches, a folder of pictures.
    y : numpy.ndarray, torch.Tensor or path, optional
        Labels [images], whole numbers from 0. Without them radii are told, and no accuracies.
    sigma : float or sequence of float
        Standard deviation of the noise, in pixels of [0, 1], above 0. Of several each is a job.
    normalize : (mean, std), optional
        What the model wants: (pixel − mean) / std, each one value or one a channel. A module that normalises by itself
        needs none.
    out : path, optional
        Folder of the results: of the job, or with a sequence of σ of ``0.25``, ``0.5`` … Model and arrays are kept in its
        folder ``inputs``. ``None``: ``smoothcert-runs/…`` in the current folder, by a name that follows from this call.
    server : str, optional
        ``"host:port"`` of a server or a cluster that draws; ``None``: this machine draws. What it answers is checked against
        what was asked for. Preprocessing and labels are not checked before: call `check` for that.
    token : str, optional
        The token that the server asks for. Without ``tls`` it goes to other machines unencrypted, which a warning says.
    tls : bool, path or ServerOptions, optional
        True: the connection is TLS; a path: PEM of the authority that signed for the server; `ServerOptions` for a
        certificate of the client.
    progress : bool, optional
        False: nothing is shown.
    **flags
        The flags of ``smoothcert certify`` under their names, with _ for -; docs/configuration.md has all. These have arguments of
        their own: model, data (``x``), labels (``y``), sigma, out, mean and std (``normalize``). These are not given: json, json_lines,
        quiet, print_config, help. The most used ones, with their defaults:

        - ``alpha=0.001``: probability of a wrong certificate, for each image.
        - ``max_samples=100000``: most samples an image.
        - ``stop="gain"``: the rule; also ``"target"`` (with ``radii``), ``"two-stage"``, ``"fixed"``, ``"budget"``.
        - ``noise="gaussian"``: radii in L2; ``"laplace"`` and ``"uniform"``: in L1.
        - ``layout="auto"``: of what the model takes; ``"nchw"``, ``"nhwc"``, ``"flat"``.
        - ``device="cpu"``: also ``"cuda"``, ``"webgpu"`` …
        - ``radii``: with ``stop="target"``, in pixels of [0, 1].
        - ``seed``: 0 to 2⁶⁴ − 1; at random, and kept in job.json.
        - ``images``: ``slice(None, None, 10)``, or ``"0:100"``; all.
        - ``processes``: inference processes on this machine; one a core.
        - ``min_gain``, ``runner_up``, ``simultaneous``, ``n0``, ``total_samples``, ``features``, ``clip``, ``no_report``, ``no_check``.

    Returns
    -------
    Run or Runs
        Of one σ, or of a sequence of them.

    Raises
    ------
    SmoothcertError
        With code, cause and remedy.
    """
    way = _server(server, token, tls)
    asked = asked_of("certify", (model, x, y), sigma, normalize, flags, way)
    runs = run_jobs(asked, out, way, progress)
    return Runs(runs) if asked.several else runs[0]


def predict(
    model: Any,
    x: Any,
    y: Any = None,
    *,
    sigma: Optional[float] = None,
    normalize: Any = None,
    out: Optional[PathLike] = None,
    progress: Optional[bool] = None,
    **flags: Any,
) -> Run:
    """Predicts the class of the smoothed classifier for images, with probability 1 − α each, or abstains; no radii.

    Parameters and errors are those of `certify`; flags are those of ``smoothcert predict``.
    """
    asked = asked_of("predict", (model, x, y), sigma, normalize, flags, None)
    if asked.several:
        raise SmoothcertError("OPTION_INVALID", "predict takes one σ.", "Call it once for each.")
    return run_jobs(asked, out, None, progress)[0]


def cancel(
    out: PathLike,
    *,
    server: str,
    token: Optional[str] = None,
    tls: "bool | PathLike | ServerOptions | None" = None,
) -> None:
    """Ends a job on a server. The images that are decided by then keep their certificates.

    Parameters
    ----------
    out : path
        The folder that `certify` was given for it; of several σ that of one, for example ``"runs/0.25"``.
    server, token, tls
        As of `certify`.

    Raises
    ------
    SmoothcertError
        ``OPTION_INVALID`` if the folder has no job of a server.
    """
    from ._server import cancel_on_server

    way = _server(server, token, tls)
    assert way is not None
    cancel_on_server(Path(out).expanduser(), way)


def _server(
    address: Optional[str], token: Optional[str], tls: "bool | PathLike | ServerOptions | None"
) -> Optional[ServerOptions]:
    """Returns the way to a server; ``None`` if none is asked for. Raises SmoothcertError ``OPTION_INVALID`` for a token or TLS without one."""
    if address is None:
        if token is None and not tls:
            return None
        raise SmoothcertError("OPTION_INVALID", "token and tls are of no use without a server.", 'Add server="host:port".')
    if isinstance(tls, ServerOptions):
        return ServerOptions(address, token or tls.token, True, tls.ca, tls.certificate, tls.key)
    if tls is None or isinstance(tls, bool):
        return ServerOptions(address, token, bool(tls))
    return ServerOptions(address, token, True, Path(tls).expanduser())
