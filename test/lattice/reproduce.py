"""Noise of smoothcert (philox4x32-10/lattice, version 1), written from its description, with nothing but Python.

usage: python3 reproduce.py KIND RATIO SEED IMAGE SAMPLE DIMENSION   prints the steps of the elements of one sample
       python3 reproduce.py KIND RATIO                               prints M and the 2M thresholds

KIND is gaussian, laplace or uniform; RATIO is the scale of the noise in steps of the lattice, a plain decimal.
"""
import sys
from bisect import bisect_right
from decimal import ROUND_HALF_EVEN, Decimal, getcontext

getcontext().prec = 80
HALF = Decimal(1) / 2
LEAST_TAIL = Decimal(2) ** -66
TAGS = {"gaussian": 0, "laplace": 2, "uniform": 4}


def pi():
    """Returns pi: Gauss and Legendre, by arithmetic and geometric means."""
    a, b, t, p = Decimal(1), HALF.sqrt(), Decimal(1) / 4, Decimal(1)
    for _ in range(8):
        a, b, t, p = (a + b) / 2, (a * b).sqrt(), t - p * ((a - b) / 2) ** 2, 2 * p
    return (a + b) ** 2 / (4 * t)


ROOT_OF_TWO_PI = (2 * pi()).sqrt()


def gaussian_tail(x):
    """Returns P(Z > x) for x of 0 or more: 1/2 less phi(x) times x + x^3/3 + x^5/(3*5) + ..."""
    total = term = x
    odd = 3
    while term > total * Decimal(10) ** -78:
        term = term * x * x / odd
        total += term
        odd += 2
    return HALF - (-x * x / 2).exp() / ROOT_OF_TWO_PI * total


TAILS = {
    "gaussian": gaussian_tail,
    "laplace": lambda x: (-x).exp() / 2,
    "uniform": lambda x: (1 - x) / 2,
}


def thresholds(kind, ratio):
    """Returns T_-M ... T_M-1: T_k is 2^64 times the probability of at most k + 1/2 steps, rounded to a whole number."""
    upper = []
    while True:
        tail = TAILS[kind]((len(upper) + HALF) / ratio)
        if tail <= 0 or (kind != "uniform" and tail < LEAST_TAIL):
            break
        upper.append(int((tail * 2**64).to_integral_value(ROUND_HALF_EVEN)))
    return upper[::-1] + [2**64 - tail for tail in upper]


def philox(counter, key):
    """Returns the four words of Philox4x32-10 (Salmon et al., SC 2011)."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 % 2**32, (p0 >> 32) ^ c3 ^ k1, p0 % 2**32
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return c0, c1, c2, c3


def steps(kind, values, seed, image, sample, dimension):
    """Lists the steps that the noise moves each element of one sample."""

    def words(block, tag):
        last = sample // 2**32 + 2**24 * tag
        return philox((block, sample % 2**32, image, last), (seed % 2**32, seed // 2**32))

    found = []
    for element in range(dimension):
        group, within = divmod(element, 32)
        j, within = divmod(within, 8)
        c, half = divmod(within, 2)
        first = words(4 * group + c, TAGS[kind])[j] // 2 ** (16 * half) % 2**16
        word0, word1, _, _ = words(element, TAGS[kind] + 1)
        u = first * 2**48 + word1 % 2**16 * 2**32 + word0
        # As many thresholds as are at or below u, counted from -M.
        found.append(bisect_right(values, u) - len(values) // 2)
    return found


def main():
    kind, ratio = sys.argv[1], Decimal(sys.argv[2])
    values = thresholds(kind, ratio)
    if len(sys.argv) == 3:
        print(len(values) // 2, *values)
    else:
        seed, image, sample, dimension = (int(text) for text in sys.argv[3:])
        print(*steps(kind, values, seed, image, sample, dimension))


main()
