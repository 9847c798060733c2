"""Certifies images on a smoothcert server, and takes the certificates into NumPy arrays.

    python3 certify.py --model DIGEST --data DIGEST --sigma 0.25

The digests are those that `smoothcert artifacts put` printed.
"""

import argparse
import json
import sys
import uuid

import grpc
import numpy as np
from smoothcert_client import Client


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", default="127.0.0.1:50051")
    parser.add_argument("--token-file")
    parser.add_argument("--model", required=True, help="digest of a model that the server has")
    parser.add_argument("--data", required=True, help="digest of images that the server has")
    parser.add_argument("--sigma", type=float, required=True, help="in pixels scaled to [0, 1]")
    parser.add_argument("--max-samples", type=int, default=0, help="most samples an image (default: the server's)")
    args = parser.parse_args()
    token = open(args.token_file).read().strip() if args.token_file else None

    with Client(args.server, token) as client:
        spec = {"model": {"digest": args.model}, "data": {"digest": args.data}, "sigma": args.sigma}
        # The request's name makes it safe to send again: the same one is the same job.
        request_id = str(uuid.uuid4())
        job = client.CreateJob(spec={**spec, "max_samples": args.max_samples}, request_id=request_id).job
        print(f"job {job.id}", file=sys.stderr)
        for news in client.WatchJob(id=job.id):
            job = news.job
            done = job.progress.certified + job.progress.abstained + job.progress.failed
            print(f"{done} of {job.progress.images} images, {job.progress.samples} samples", file=sys.stderr)
        print(client.name(job, "state"), job.error.message, file=sys.stderr)

        certificates = list(client.StreamCertificates(id=job.id))

    image = np.array([c.image for c in certificates])
    radius = np.array([c.radius for c in certificates])  # 0 where nothing is certified
    predicted = np.array([getattr(c, "class") if c.HasField("class") else -1 for c in certificates])
    samples = np.array([c.samples for c in certificates])
    if any(c.HasField("label") for c in certificates):
        correct = np.array([c.correct for c in certificates])
        for threshold in (0, 0.25, 0.5):
            share = np.mean(correct & (radius >= threshold))
            print(f"certified accuracy at {threshold}: {share:.3f}")
    print(f"mean radius {radius.mean():.4f} over {len(image)} images, {samples.sum()} samples")
    # All that there is to know of the first image, as in results.jsonl
    print(json.loads(certificates[0].json)["counts"], "for class", predicted[0])


if __name__ == "__main__":
    try:
        main()
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")
