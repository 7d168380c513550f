"""Adds to distribution_r.csv (stdin) the exact values, by mpmath at 60 digits (stdout).

Every argument is taken as the double that it prints. usage: distribution_exact.py < r.csv > out.csv
"""
import csv
import sys
from mpmath import mp, mpf, betainc, gammainc, erfc, sqrt, log, exp, beta, gamma, pi

mp.dps = 60
N = lambda s: mpf(float(s))


def beta_tail(x, y, a, b, upper):
    """Regularised, by the hypergeometric series on the side that converges faster."""
    if x * (a + b) <= a:
        low = x**a * y**b / (a * beta(a, b)) * mp.hyp2f1(a + b, 1, a + 1, x)
        return 1 - low if upper else low
    up = y**b * x**a / (b * beta(a, b)) * mp.hyp2f1(a + b, 1, b + 1, y)
    return up if upper else 1 - up


def gamma_tail(a, x, upper):
    if a > 200:
        term = total = mpf(1)
        k = 0
        while term > total * mpf(10) ** -62:
            k += 1
            term *= x / (a + k)
            total += term
        low = exp(a * log(x) - x - mp.loggamma(a + 1)) * total
        return 1 - low if upper else low
    return gammainc(a, x, regularized=True) if upper else gammainc(a, 0, x, regularized=True)


def tail(f, x, a, b, upper):
    if f == "norm" or (f == "t" and a == mp.inf):
        return erfc((x if upper else -x) / sqrt(mpf(2))) / 2
    if f == "t":
        half = beta_tail(a / (a + x * x), x * x / (a + x * x), a / 2, mpf(1) / 2, False) / 2
        return half if (x > 0) == upper else 1 - half
    if f == "chisq":
        return gamma_tail(a / 2, x / 2, upper)
    if f == "beta":
        return beta_tail(x, 1 - x, a, b, upper)
    if b == mp.inf:
        return gamma_tail(a / 2, a * x / 2, upper)
    return beta_tail(a * x / (a * x + b), b / (a * x + b), a / 2, b / 2, upper)


def density(f, x, a, b):
    if f == "norm" or (f == "t" and a == mp.inf):
        return exp(-x * x / 2) / sqrt(2 * pi)
    if f == "t":
        return (1 + x * x / a) ** (-(a + 1) / 2) / sqrt(a) / beta(a / 2, mpf(1) / 2)
    if f == "chisq":
        return (x / 2) ** (a / 2 - 1) * exp(-x / 2) / 2 / gamma(a / 2)
    if f == "beta":
        return x ** (a - 1) * (1 - x) ** (b - 1) / beta(a, b)
    if b == mp.inf:
        return a * density("chisq", a * x, a, b)
    return density("beta", a * x / (a * x + b), a / 2, b / 2) * a * b / (a * x + b) ** 2


def quantile(f, p, a, b, start):
    """Newton on the logarithm of the smaller tail, from R's own value."""
    upper = p > mpf(1) / 2
    target = 1 - p if upper else p
    x = start
    for _ in range(60):
        t = tail(f, x, a, b, upper)
        step = log(t / target) * t / density(f, x, a, b) * (-1 if upper else 1)
        while f in ("chisq", "beta", "f") and x - step <= 0:
            step /= 2
        while f == "beta" and x - step >= 1:
            step /= 2
        x -= step
        if abs(step) < abs(x) * mpf(10) ** -25:
            return x
    raise ArithmeticError((f, p, a, b, start))


out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["function", "x", "a", "b", "r", "exact"])
for row in csv.DictReader(sys.stdin):
    name = row["function"]
    f = name[1:].replace("_upper", "")
    x, a, b = N(row["x"]), N(row["a"] or 0), N(row["b"] or 0)
    r = N(row["value"])
    if name[0] == "p" and not 1e-290 < r < 1:
        continue  # no digits to compare
    if name[0] == "p":
        v = tail(f, x, a, b, name.endswith("_upper")) if x != 0 else (mpf(1) / 2 if f in ("norm", "t") else mpf(0))
    elif f in ("norm", "t") and x == mpf(1) / 2:
        v = mpf(0)
    elif not mp.isfinite(r) or abs(r) < mpf(10) ** -290 or (f == "beta" and r == 1):
        continue  # at or beyond the end of doubles
    else:
        v = quantile(f, x, a, b, r)
    out.writerow([name, row["x"], row["a"], row["b"], row["value"], mp.nstr(v, 20)])
