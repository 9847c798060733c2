"""Exports a classifier of scikit-learn. Imported only where one is given.

This was never run: the machine that it was written on has no skl2onnx. What it does is checked when it runs, by the
comparison of the exported model with the original.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from ._arrays import Array
from ._compare import Exported, on_lattice
from ._errors import SmoothcertError

#: The output of skl2onnx with one probability a class, where ZipMap is off.
OUTPUT = "probabilities"


def export_classifier(classifier: Any, prepared: Array) -> Exported:
    """Exports a fitted classifier with skl2onnx: its probabilities, without ZipMap, with a free batch.

    Parameters
    ----------
    classifier : sklearn classifier
        Fitted, with ``predict_proba`` and the classes 0, 1, …, K − 1.
    prepared : numpy.ndarray
        Some rows as the classifier wants them, [rows, …]; further axes are flattened.

    Raises
    ------
    SmoothcertError
        ``PACKAGE_MISSING`` without skl2onnx, ``MODEL_OUTPUT_UNSUPPORTED``, ``MODEL_NOT_EXPORTABLE``.
    """
    _require_scores(classifier)
    skl2onnx = _skl2onnx()
    inputs = on_lattice(prepared.reshape(len(prepared), -1))
    try:
        floats = skl2onnx.common.data_types.FloatTensorType([None, inputs.shape[1]])
        model = skl2onnx.convert_sklearn(
            classifier, initial_types=[("x", floats)], options={id(classifier): {"zipmap": False}}
        )
    except Exception as error:  # noqa: BLE001 - converters raise errors of many kinds.
        raise SmoothcertError(
            "MODEL_NOT_EXPORTABLE",
            f"skl2onnx cannot convert this {type(classifier).__name__}: {str(error).strip().splitlines()[0][:300]}",
            "Choose a classifier that skl2onnx knows, or convert it yourself and give the path of the file.",
        ) from error
    scores = np.asarray(classifier.predict_proba(inputs), dtype=np.float32)
    return Exported(model.SerializeToString(), OUTPUT, inputs, scores)


def _skl2onnx() -> Any:
    try:
        importlib.import_module("skl2onnx.common.data_types")
        return importlib.import_module("skl2onnx")
    except ImportError as error:
        raise SmoothcertError(
            "PACKAGE_MISSING",
            "Classifiers of scikit-learn are converted by skl2onnx, which is not installed.",
            "Type: python -m pip install skl2onnx",
        ) from error


def _require_scores(classifier: Any) -> None:
    if not hasattr(classifier, "predict_proba"):
        raise SmoothcertError(
            "MODEL_OUTPUT_UNSUPPORTED",
            f"This {type(classifier).__name__} has no predict_proba, so no scores to vote with.",
            "Use a classifier with probabilities, for example SVC(probability=True), and fit it again.",
        )
    classes = getattr(classifier, "classes_", None)
    if classes is None:
        raise SmoothcertError(
            "MODEL_OUTPUT_UNSUPPORTED", f"This {type(classifier).__name__} is not fitted.", "Call its fit(x, y) first."
        )
    if not np.array_equal(np.asarray(classes), np.arange(len(classes))):
        raise SmoothcertError(
            "MODEL_OUTPUT_UNSUPPORTED",
            f"Its classes are {list(classes)[:5]} …, and not 0, 1, …, {len(classes) - 1}.",
            "Fit it with numbered labels: y = sklearn.preprocessing.LabelEncoder().fit_transform(y).",
        )
