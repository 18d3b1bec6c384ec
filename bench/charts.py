"""The charts of a result: the ratios against their targets, and the latency by percentile."""

import statistics

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

SCALE = 2.5
INK, MET, MISSED, NGINX = "#24292f", "#2f7d4f", "#c2571a", "#8a94a0"
# Text stays text: small files that can be searched. The salt makes the same figures the same file.
matplotlib.rcParams.update(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "bench",
        "font.family": "sans-serif",
        "font.size": 10,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
)


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
    """One bar for each ratio, with the range of its rounds and a line at its own target. What is off the scale is cut."""
    figure, axes = plt.subplots(figsize=(9.5, 0.34 * len(rows) + 1.2), layout="constrained")
    places = range(len(rows))
    for place, row in zip(places, rows):
        shown = min(row.median, SCALE)
        axes.barh(place, shown, height=0.55, color=MET if row.met else MISSED)
        axes.plot([min(row.values), min(max(row.values), SCALE)], [place] * 2, color=INK, linewidth=0.8)
        axes.plot([row.target] * 2, [place - 0.42, place + 0.42], color=INK, linewidth=2)
        words = f"{row.median:.2f}  ({row.bound} {row.target:g})" + (", off the scale" if row.median > SCALE else "")
        axes.annotate(words, (1.01, place), xycoords=("axes fraction", "data"), va="center", fontsize=8)
    axes.set_yticks(places, [_label(row) for row in rows], fontsize=9)
    axes.invert_yaxis()
    axes.margins(y=0.01)
    axes.set_xlim(0, SCALE)
    axes.set_xlabel("median of the rounds; thin line: their range; upright line: the target")
    axes.set_title("Green meets its target", loc="left", fontsize=10)
    return figure


def _label(row):
    against = "" if row.against in ("–", "itself") else f" ÷ {row.against.partition(';')[0]}"
    return (row.measure + against).replace("`", "")


def _latency(found):
    names = ["p50", "p75", "p90", "p95", "p99", "p99.9"]
    figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    for name, colour in (("nginx", NGINX), ("full enforcement", MET)):
        rounds = found["latency"][name]
        low, middle, high = ([pick(one[p] for one in rounds) for p in names] for pick in (min, statistics.median, max))
        axes.plot(names, middle, marker="o", color=colour, label=name)
        axes.fill_between(names, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_ylabel("µs from when a request was due")
    axes.set_title(f"{found['rate']:,.0f} requests a second; medians and ranges of the rounds", loc="left", fontsize=10)
    axes.legend(frameon=False)
    axes.grid(axis="y", alpha=0.3)
    return figure
