"""Oracles: slow, obvious second implementations, loops that anybody can check by eye."""

import math

import numpy as np
import pandas as pd
from scipy.stats import f as fisher
from scipy.stats import norm as normal


def pairs(actual, forecast):
    """Return the pairs of numbers without those that hold NaN."""
    both = zip(np.ravel(actual).tolist(), np.ravel(forecast).tolist(), strict=True)
    return [(a, f) for a, f in both if not math.isnan(a) and not math.isnan(f)]


def mean(numbers):
    numbers = list(numbers)
    return sum(numbers) / len(numbers) if numbers else math.nan


def mae(actual, forecast):
    return mean(abs(a - f) for a, f in pairs(actual, forecast))


def rmse(actual, forecast):
    return math.sqrt(mean((a - f) ** 2 for a, f in pairs(actual, forecast)))


def bias(actual, forecast):
    return mean(a - f for a, f in pairs(actual, forecast))


def smape(actual, forecast):
    losses = []
    for a, f in pairs(actual, forecast):
        if a == 0 and f == 0:
            losses.append(0.0)
        else:
            losses.append(200 * abs(a - f) / (abs(a) + abs(f)))
    return mean(losses)


def seasonal_changes(train, season_length):
    changes = []
    for t in range(season_length, len(train)):
        change = train[t] - train[t - season_length]
        if not math.isnan(change):
            changes.append(change)
    return changes


def seasonal_scale(train, season_length=1):
    changes = seasonal_changes(train, season_length)
    return mean(abs(c) for c in changes), mean(c**2 for c in changes)


def mase(actual, forecast, train, season_length=1):
    return mae(actual, forecast) / seasonal_scale(train, season_length)[0]


def rmsse(actual, forecast, train, season_length=1):
    return math.sqrt(rmse(actual, forecast) ** 2 / seasonal_scale(train, season_length)[1])


def pinball(actual, quantile_forecasts, quantiles):
    losses = []
    for k, q in enumerate(quantiles):
        for a, f in pairs(actual, np.asarray(quantile_forecasts)[..., k]):
            if a >= f:  # the forecast was too low
                losses.append(q * (a - f))
            else:
                losses.append((1 - q) * (f - a))
    return mean(losses)


def coverage(actual, lower, upper):
    hits = []
    for a, low, high in zip(np.ravel(actual), np.ravel(lower), np.ravel(upper), strict=True):
        if not (math.isnan(a) or math.isnan(low) or math.isnan(high)):
            hits.append(1.0 if low <= a <= high else 0.0)
    return mean(hits)


def interval_width(lower, upper):
    return mean(high - low for low, high in pairs(lower, upper))


def qlike(actual, forecast):
    return mean(a / f - math.log(a / f) - 1 for a, f in pairs(actual, forecast))


def complete(actual, forecasts):
    """Return each actual with its forecasts, along the last axis, without those that hold NaN."""
    rows = zip(
        np.ravel(actual).tolist(),
        np.reshape(forecasts, (np.size(actual), -1)).tolist(),
        strict=True,
    )
    return [(a, row) for a, row in rows if not any(map(math.isnan, [a, *row]))]


def interval_score(a, low, high, coverage):
    """Return the width and, outside, the distance times 2 / alpha."""
    alpha = 1 - coverage
    if a < low:
        return high - low + 2 / alpha * (low - a)
    if a > high:
        return high - low + 2 / alpha * (a - high)
    return high - low


def weighted_interval_score(actual, quantile_forecasts, quantiles):
    """Return the score of ascending quantiles around the median, interval by interval."""
    scores = []
    for a, row in complete(actual, quantile_forecasts):
        half = len(row) // 2
        total = 1 / 2 * abs(a - row[half])
        for k in range(half):
            alpha = 2 * quantiles[k]
            total += alpha / 2 * interval_score(a, row[k], row[-1 - k], 1 - alpha)
        scores.append(total / (half + 1 / 2))
    return mean(scores)


def crps(actual, quantile_forecasts, quantiles):
    """Return twice the pinball loss of the nearest quantile, over the levels from 0 to 1."""
    scores = []
    for a, row in complete(actual, quantile_forecasts):
        total = 0.0
        for k, q in enumerate(quantiles):
            start = 0.0 if k == 0 else (quantiles[k - 1] + q) / 2
            end = 1.0 if k == len(quantiles) - 1 else (q + quantiles[k + 1]) / 2
            loss = q * (a - row[k]) if a >= row[k] else (1 - q) * (row[k] - a)
            total += 2 * (end - start) * loss
        scores.append(total)
    return mean(scores)


def crps_samples(actual, samples):
    """Return the mean distance to the actual less half the mean distance from sample to sample."""
    scores = []
    for a, row in complete(actual, samples):
        scores.append(
            mean(abs(x - a) for x in row) - mean(abs(x - z) for x in row for z in row) / 2
        )
    return mean(scores)


def gaussians(actual, means, sds):
    triples = zip(
        np.ravel(actual).tolist(), np.ravel(means).tolist(), np.ravel(sds).tolist(), strict=True
    )
    return [triple for triple in triples if not any(map(math.isnan, triple))]


def crps_normal(actual, means, sds, steps=20_000):
    """Return the squared distance of the distribution function to the step at the actual.

    The integral is a sum over thin strips.
    """
    scores = []
    for a, m, s in gaussians(actual, means, sds):
        low, high = min(a, m - 9 * s), max(a, m + 9 * s)
        total = 0.0
        for begin, end in ((low, a), (a, high)):
            strip = (end - begin) / steps
            for k in range(steps):
                x = begin + (k + 0.5) * strip
                total += (
                    (1 + math.erf((x - m) / (s * math.sqrt(2)))) / 2 - (begin == a)
                ) ** 2 * strip
        scores.append(total)
    return mean(scores)


def log_score(actual, means, sds):
    scores = []
    for a, m, s in gaussians(actual, means, sds):
        density = math.exp(-((a - m) ** 2) / (2 * s**2)) / (s * math.sqrt(2 * math.pi))
        scores.append(-math.log(density))
    return mean(scores)


def energy_score(actual, samples):
    """Return the score of samples (n, m, d) of vectors (n, d), by all pairs."""
    scores = []
    for a, rows in zip(np.asarray(actual).tolist(), np.asarray(samples).tolist(), strict=True):
        if not any(map(math.isnan, [*a, *(x for row in rows for x in row)])):
            between = mean(math.dist(x, z) for x in rows for z in rows)
            scores.append(mean(math.dist(x, a) for x in rows) - between / 2)
    return mean(scores)


def windows(X, lookback):
    """Return (samples, timesteps, features): window i ends at row i, NaN before the first row."""
    X = np.asarray(X, dtype=float)
    tensor = np.full((len(X), lookback, X.shape[1]), np.nan)
    for i in range(len(X)):
        for t in range(lookback):
            row = i - lookback + 1 + t
            if row >= 0:
                tensor[i, t] = X[row]
    return tensor


def lead(y, horizon):
    """Return (n, horizon[, targets]): row i holds the next values, NaN after the last row."""
    y = np.asarray(y, dtype=float)
    ahead = np.full((len(y), horizon, *y.shape[1:]), np.nan)
    for i in range(len(y)):
        for step in range(1, horizon + 1):
            if i + step < len(y):
                ahead[i, step - 1] = y[i + step]
    return ahead


def seasonal_naive(y, season_length, horizon):
    """Return (horizon,): the value one season before, itself a forecast where that lies ahead."""
    known = list(y)
    for _ in range(horizon):
        known.append(known[-season_length])
    return np.array(known[len(y) :])


def drift(y, horizon):
    """Return (horizon,): the line through the first and the last value, continued."""
    slope = (y[-1] - y[0]) / (len(y) - 1)
    return np.array([y[-1] + step * slope for step in range(1, horizon + 1)])


def rolling_origins(n, horizon, origins, step=1, gap=0):
    """Return the last origins, ascending, that have `horizon` rows of actuals after the gap."""
    last = n - 1 - gap - horizon
    return [last - k * step for k in reversed(range(origins))]


def slopes(function, values, by=1e-6):
    """Return the gradient of a function of arrays by each number, by central differences."""
    found = []
    for array in values:
        slope = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + by
            above = function(values)
            array[place] = kept - by
            below = function(values)
            array[place] = kept
            slope[place] = (above - below) / (2 * by)
        found.append(slope)
    return found


def ridge(rows, values, penalties):
    """Return the least-squares coefficients; each penalty is a further row that wants 0."""
    extra = np.diag(np.sqrt(penalties))
    return np.linalg.lstsq(
        np.vstack([rows, extra]), np.concatenate([values, np.zeros(len(extra))]), rcond=None
    )[0]


def anchored_ridge(windows, steps, n_targets, channels, blocks, levels=()):
    """Forecast from the last window by ridge regressions relative to the last row of windows.

    Each step is (known, targets); its last row has no targets and is asked for. The answer is the
    mean over the penalties whose error on blocks of rows, foretold by a regression on all other
    rows, is within 5 % of the least.
    """
    n = len(windows) - 1
    relative = windows - windows[:, -1:]
    unit = (relative[:n] ** 2).sum() / relative[0].size
    answers, errors = [], []
    for exponent in range(-4, 7):
        squares, answer = [], []
        for known, targets in steps:
            distance = known - windows[:, -1, channels]
            level = windows[:, -1, list(levels)]
            one = np.ones((n + 1, 1))
            x = np.hstack([relative.reshape(n + 1, -1), level, one, known, distance])
            last = np.tile(windows[:, -1, :n_targets], targets.shape[1] // n_targets)
            penalties = np.full(x.shape[1], 10.0**exponent * unit)
            for j in range(targets.shape[1]):
                y = targets[:n, j] - last[:n, j]
                for block in blocks:
                    kept = [i for i in range(n) if i not in block]
                    coefficients = ridge(x[kept], y[kept], penalties)
                    squares += [(y[i] - x[i] @ coefficients) ** 2 for i in block]
                answer.append(last[n, j] + x[n] @ ridge(x[:n], y, penalties))
        answers.append(answer)
        errors.append(mean(squares))
    good = [one for one, error in zip(answers, errors, strict=True) if error <= 1.05 * min(errors)]
    return np.mean(good, axis=0)


def arima_errors(y, order, seasonal_order, coefficients):
    """Return one-step errors of a seasonal ARIMA process, each from what came before it."""
    (p, d, q), (P, D, Q, m) = order, seasonal_order
    w = list(y)
    for _ in range(d):
        w = [w[t] - w[t - 1] for t in range(1, len(w))]
    for _ in range(D):
        w = [w[t] - w[t - m] for t in range(m, len(w))]
    phi, theta, seasonal_phi, seasonal_theta = np.split(
        np.asarray(coefficients), np.cumsum([p, q, P])
    )
    first, errors = p + P * m, []
    for t in range(first, len(w)):
        expected = 0.0
        for i in range(p + 1):
            for k in range(P + 1):
                if i or k:  # the product of 1 - phi B - … and 1 - Phi B^m - …
                    weight = (-phi[i - 1] if i else 1.0) * (-seasonal_phi[k - 1] if k else 1.0)
                    expected -= weight * w[t - i - k * m]
        for j in range(q + 1):
            for k in range(Q + 1):
                if (j or k) and t - j - k * m >= first:
                    weight = (theta[j - 1] if j else 1.0) * (seasonal_theta[k - 1] if k else 1.0)
                    expected += weight * errors[t - j - k * m - first]
        errors.append(w[t] - expected)
    return np.array(errors)


def smooth(y, form, first, alpha, beta, gamma, phi):
    """Return the one-step forecasts of an exponential smoothing, and the state after the last row.

    Hyndman et al. (2008), tables 2.2 and 2.3; the season after a multiplicative error is y over the
    new level, as in Holt and Winters. States are level, slope and the season, the oldest first.
    """
    level, slope, season = first[0], first[1], list(first[2:])
    fitted = []
    for value in y:
        before, old = level + phi * slope, season.pop(0) if season else None
        if form.endswith("M"):
            fitted.append(before * old)
            error = value / old - before
        else:
            fitted.append(before + (old or 0.0))
            error = value - fitted[-1]
        level, slope = before + alpha * error, phi * slope + beta * error
        if form.endswith("M"):
            season.append(old + gamma / (1 - alpha) * (value / level - old))
        elif form.endswith("A"):
            season.append(old + gamma * error)
    return np.array(fitted), np.array([level, slope, *season])


def cosine_test(d, overlap):
    """Return the statistic and the degrees of freedom of the test on slow cosine waves."""
    n = len(d)
    waves = max(1, min(math.floor(0.75 * n ** (2 / 3)), n // (2 * overlap)))
    squares = []
    for j in range(1, waves + 1):
        total = sum(d[t] * math.cos(math.pi * j * (t + 0.5) / n) for t in range(n))
        squares.append((math.sqrt(2 / n) * total) ** 2)
    return mean(d) / math.sqrt(mean(squares) / n), waves


def harvey_leybourne_newbold(d, h):
    n, middle = len(d), mean(d)
    omega = 0.0
    for s in range(n):
        for t in range(n):
            if abs(s - t) < h:
                omega += (d[s] - middle) * (d[t] - middle) / n
    return middle / math.sqrt(omega / n) * math.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)


def conditional_test(d, known, overlap):
    """Return statistic and p-value of the test that nothing known tells the differences."""
    n, q = known.shape
    z = [np.array([known[t, i] * d[t] for i in range(q)]) for t in range(n)]
    waves = n // (2 * overlap)
    omega = np.zeros((q, q))
    for j in range(1, waves + 1):
        total = sum(
            z[t] * math.sqrt(2 / n) * math.cos(math.pi * j * (t + 0.5) / n) for t in range(n)
        )
        omega += np.outer(total, total) / waves
    middle = sum(z) / n
    statistic = n * middle @ np.linalg.inv(omega) @ middle
    return statistic, fisher.sf(statistic * (waves - q + 1) / (waves * q), q, waves - q + 1)


def croston(y, variant, alpha, beta):
    """Return the forecast of demand after each row, by the recursions as they are written."""
    size = interval = probability = None
    wait = 0
    forecasts = []
    for demand in y:
        wait += 1
        if demand > 0 and size is None:
            size, interval, probability, wait = demand, wait, 1 / wait, 0
        else:
            if demand > 0:
                size += alpha * (demand - size)
                interval += beta * (wait - interval)
                wait = 0
            if probability is not None:
                probability += beta * ((1 if demand > 0 else 0) - probability)
        if size is None:
            forecasts.append(0.0)
        elif variant == "tsb":
            forecasts.append(size * probability)
        elif variant == "sba":
            forecasts.append((1 - beta / 2) * size / interval)
        else:
            forecasts.append(size / interval)
    return forecasts


def holm(p_values):
    adjusted, least = {}, 0.0
    for place, i in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        least = max(least, min(1.0, p_values[i] * (len(p_values) - place)))
        adjusted[i] = least
    return [adjusted[i] for i in range(len(p_values))]


def is_shown_again(moment):
    """Whether a clock shows the time of a moment once more, half an hour or an hour later."""
    later = [moment + pd.Timedelta(gap) for gap in ("30min", "60min")]
    return moment.tz_localize(None) in [each.tz_localize(None) for each in later]


def by_wall_clock(y, step):
    """Return what a clock has shown, and the values then: a dictionary of times without a zone.

    Of a time that is shown twice the second value counts, and none before it has come. Times that
    were left out lie on the line between their neighbours.
    """
    shown = {m.tz_localize(None): value for m, value in y.items() if not is_shown_again(m)}
    for time in list(shown)[:-1]:
        missed = 1
        while time + missed * step not in shown:
            missed += 1
        rise = (shown[time + missed * step] - shown[time]) / missed
        for k in range(1, missed):
            shown[time + k * step] = shown[time] + k * rise
    return dict(sorted(shown.items()))


def clock_naive(shown, season, moments):
    """Return for each moment ahead the last value that a clock has shown a season earlier."""
    forecasts = []
    for moment in moments:
        time = moment.tz_localize(None) - season
        while time not in shown:
            time -= season
        forecasts.append(shown[time])
    return np.array(forecasts)


def ridge_scores(features, labels, classes, weight, penalty, asked, kept=None):
    """Return scores of asked rows by weighted ridges on signs, one solved for each class.

    Features are centred and scaled over all rows, and only kept rows are learned from. The
    intercept is an input of its own, which the penalty does not see.
    """
    mean = sum(w * row for w, row in zip(weight, features, strict=True)) / sum(weight)
    squares = sum(w * (row - mean) ** 2 for w, row in zip(weight, features, strict=True))
    size = np.sqrt(squares / sum(weight)) * np.sqrt(features.shape[1])
    kept = np.ones(len(features), dtype=bool) if kept is None else kept
    inputs = np.column_stack([(features - mean) / size, np.ones(len(features))])[kept]
    # The penalty is in units of weights whose mean is 1.
    weights = (np.asarray(weight) / np.mean(weight))[kept]
    products = inputs.T @ (weights[:, None] * inputs)
    products[:-1, :-1] += penalty * np.eye(features.shape[1])
    scores = []
    for number in range(classes):
        signs = np.where(np.asarray(labels)[kept] == number, 1.0, -1.0)
        coefficients = np.linalg.solve(products, inputs.T @ (weights * signs))
        scores.append((asked - mean) / size @ coefficients[:-1] + coefficients[-1])
    return np.column_stack(scores)


def leaky_states(block, sequence):
    """Return the states of leaky units after each timestep of one sequence (timesteps, channels).

    In the order of the sequence, also where it is read backwards.
    """
    units = len(block.bias)
    state = [0.0] * units
    read = sequence[::-1] if block.backwards else sequence
    states = []
    for x in read:
        before = list(state)
        for u in range(units):
            total = float(block.bias[u])
            total += sum(float(v) * float(w) for v, w in zip(x, block.kernel[:, u], strict=True))
            total += sum(h * float(w) for h, w in zip(before, block.recurrent[:, u], strict=True))
            state[u] = before[u] + float(block.leak[u]) * (np.tanh(total) - before[u])
        states.append(list(state))
    return np.array(states[::-1] if block.backwards else states)


def warping_distance(one, other):
    """Return the least sum of squares over all ways to walk through two sequences together."""
    table = {(-1, -1): 0.0}
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            before = [
                table.get(cell, math.inf) for cell in ((i - 1, j), (i, j - 1), (i - 1, j - 1))
            ]
            table[i, j] = min(before) + sum((u - v) ** 2 for u, v in zip(a, b, strict=True))
    return table[len(one) - 1, len(other) - 1]


def capital_of_bettors(gains):
    """Average what bettors have who begin at each look, of lists of their gains."""
    means = []
    for t in range(1, len(gains[0]) + 1):
        capitals = []
        for own in gains:
            begun = [math.prod(own[k - 1 : t]) / (k * (k + 1)) for k in range(1, t + 1)]
            idle = 1 - sum(1 / (k * (k + 1)) for k in range(1, t + 1))
            capitals.append(sum(begun) + idle)
        means.append(sum(capitals) / len(capitals))
    return means


def capital_on_low_shares(shares, claimed, stakes):
    """Let several bettors bet that shares are low; average what they have after each."""
    bets = [stake / (1 - claimed) for stake in stakes]
    return capital_of_bettors([[1 + bet * (claimed - share) for share in shares] for bet in bets])


def capital_on_large_losses(before, since, shifts):
    """Let several bettors bet that each loss ranks high among those up to it."""
    known = list(before)
    gains = [[] for _ in shifts]
    for loss in since:
        rank = sum(other < loss for other in known)  # of equal ones the lowest
        known.append(loss)
        n = len(known)
        for own, shift in zip(gains, shifts, strict=True):
            payoffs = [math.exp(shift * normal.ppf((r + 0.5) / n)) for r in range(n)]
            own.append(payoffs[rank] / (sum(payoffs) / n))
    return capital_of_bettors(gains)


def moved_errors(past, series, new, rate, local, levels):
    """Move one series of `PastErrors` on row by row, every row's errors sorted anew.

    `new` are the errors of all forecasts for each row, (n_rows, horizon). Returns the errors, the
    levels, what was issued at the last origins and the scales there, with one target.
    """
    horizon = new.shape[1]
    errors = past.errors[series, :, 0, : past.counts[series]].tolist()
    moved = past.levels[series, :, 0].copy()
    issued = list(past.issued[series, :, :, 0])
    scales = list(past.scales[series, :, :, 0])
    for row in new:
        scale = scales[-1].copy()
        own = [scales[-1 - h][h] for h in range(horizon)]
        for h, error in enumerate(row):
            if np.isnan(error):
                continue
            if local is not None:
                scale[h] += (abs(error) - scale[h]) / local
                scale[h] = max(scale[h], past.floors[series, h, 0])
            for k, q in enumerate(levels):
                below = error <= issued[-1 - h][h, k]
                moved[h, k] = min(max(moved[h, k] + rate * (q - below), 0), 1)
        if not np.isnan(row).any():
            for h, error in enumerate(row):
                errors[h] = [*errors[h][1:], error / own[h]]
        at = np.arange(1, len(errors[0]) + 1) / (len(errors[0]) + 1)
        units = [np.interp(moved[h], at, sorted(errors[h])) for h in range(horizon)]
        issued.append(scale[:, None] * units)
        scales.append(scale)
    return np.array(errors), moved, np.array(issued[-horizon:]), np.array(scales[-horizon:])


def burg_coefficients(x, order):
    """Return autoregressive coefficients by Burg's recursion, one number after the other."""
    coefficients = []
    forward = [float(value) for value in x]
    backward = list(forward)
    for lag in range(order):
        n = len(x)
        above = 2 * sum(forward[t] * backward[t - 1] for t in range(lag + 1, n))
        below = sum(forward[t] ** 2 + backward[t - 1] ** 2 for t in range(lag + 1, n))
        partial = above / below
        coefficients = [
            c - partial * d for c, d in zip(coefficients, coefficients[::-1], strict=True)
        ] + [partial]
        pairs_ = [
            (forward[t] - partial * backward[t - 1], backward[t - 1] - partial * forward[t])
            for t in range(lag + 1, n)
        ]
        forward[lag + 1 :] = [f for f, _ in pairs_]
        backward[lag + 1 :] = [b for _, b in pairs_]
    return coefficients
