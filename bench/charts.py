"""The charts of a result: the ratios against their targets, and the latency by percentile."""

import statistics

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

INK, MET, MISSED, NGINX = "#24292f", "#2f7d4f", "#c2571a", "#8a94a0"
# Text stays text: small files that can be searched. The salt makes the same figures the same file.
matplotlib.rcParams.update({
    "svg.fonttype": "none", "svg.hashsalt": "bench", "font.family": "sans-serif", "font.size": 10,
    "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK,
    "axes.spines.top": False, "axes.spines.right": False,
})


def draw(folder, name, rows, found):
    """Returns [(title, file name)] of what could be drawn."""
    drawn = []
    ratios = [row for row in rows if row.unit == "×" and row.values]
    if ratios:
        _targets(ratios).savefig(folder / f"{name}-targets.svg", metadata={"Date": None})
        drawn.append(("Each ratio as a share of its target", f"{name}-targets.svg"))
    if not isinstance(found["latency"], str):
        _latency(found).savefig(folder / f"{name}-latency.svg", metadata={"Date": None})
        drawn.append(("Latency by percentile", f"{name}-latency.svg"))
    plt.close("all")
    return drawn


def _targets(rows):
    """One bar for each ratio, with the range of its rounds and a line at its own target."""
    figure, axes = plt.subplots(figsize=(9, 0.36 * len(rows) + 1.3), layout="constrained")
    places = range(len(rows))
    medians = [row.median for row in rows]
    low = [row.median - min(row.values) for row in rows]
    high = [max(row.values) - row.median for row in rows]
    colours = [MET if row.met else MISSED for row in rows]
    axes.barh(places, medians, height=0.55, color=colours, xerr=[low, high], error_kw={"ecolor": INK, "elinewidth": 0.8})
    for place, row in zip(places, rows):
        axes.plot([row.target] * 2, [place - 0.42, place + 0.42], color=INK, linewidth=2)
        axes.annotate(f"{row.median:.2f}  ({row.bound} {row.target:g})", (max(row.values), place), (5, 0),
                      textcoords="offset points", va="center", fontsize=8)
    axes.set_yticks(places, [_label(row) for row in rows])
    axes.invert_yaxis()
    axes.set_xlim(0, max(max(max(row.values), row.target) for row in rows) * 1.18)
    axes.set_xlabel("ratio, median of the rounds and their range; the upright line is the target")
    axes.set_title("Green meets its target", loc="left", fontsize=10)
    return figure


def _label(row):
    return row.measure.replace("`", "") if row.against in ("–", "itself") else f"{row.measure} ÷ {row.against}".replace("`", "")


def _latency(found):
    names = ["p50", "p75", "p90", "p95", "p99", "p99.9"]
    figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    for name, colour in (("nginx", NGINX), ("full enforcement", MET)):
        rounds = found["latency"][name]
        axes.plot(names, [statistics.median(one[p] for one in rounds) for p in names], marker="o", color=colour, label=name)
        axes.fill_between(names, [min(one[p] for one in rounds) for p in names], [max(one[p] for one in rounds) for p in names],
                          color=colour, alpha=0.15, linewidth=0)
    axes.set_yscale("log")
    axes.set_ylabel("µs from when a request was due")
    axes.set_title(f"{found['rate']:,.0f} requests a second; medians and ranges of the rounds", loc="left", fontsize=10)
    axes.legend(frameon=False)
    axes.grid(axis="y", alpha=0.3)
    return figure
