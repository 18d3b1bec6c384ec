"""The result: one Markdown file with charts and everything in JSON beside it, and the table in README.md."""

import json
import re
import statistics

import charts
from rows import kernel_share

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"


def write(folder, name, about, rows, found):
    """`about` are lines on machine, versions and settings. Returns the path of the Markdown file."""
    folder.mkdir(parents=True, exist_ok=True)
    everything = {"about": about, "rows": [row.figures() for row in rows], **found}
    (folder / f"{name}.json").write_text(json.dumps(everything, indent=1, ensure_ascii=False) + "\n")
    drawn = charts.draw(folder, name, rows, found)
    file = folder / f"{name}.md"
    file.write_text("\n".join(_page(about, rows, found, drawn)) + "\n")
    return file


def update_readme(readme, date, rows, result):
    """Replaces what stands between the two marks."""
    text = readme.read_text()
    if BEGIN not in text or END not in text:
        raise SystemExit(f"{readme} has no marks {BEGIN} and {END}: the table was not written there.")
    words = [
        f"Measured on {date} by `./dev bench`, which repeats it on your machine; [the whole result]({result}) has the",
        "machine, all figures and charts. Ratios are of CPU time per request unless the unit says otherwise: the median of",
        "rounds that took turns, lowest to highest in brackets.",
    ]
    new = "\n".join([BEGIN, *words, "", *table(rows), END])
    readme.write_text(re.sub(re.escape(BEGIN) + ".*" + re.escape(END), lambda _: new, text, flags=re.S))


def table(rows):
    lines = ["| measure | against | target | measured | |", "|---|---|--:|--:|---|"]
    for row in rows:
        target = f"{row.bound} {_number(row.target, row.unit)}"
        met = {True: "met", False: "**missed**", None: "not measured"}[row.met]
        lines.append(f"| {row.measure} | {row.against} | {target} | {_measured(row)} | {met} |")
    return lines


def _measured(row):
    if not row.values:
        return "–"
    text = _number(row.median, row.unit)
    if len(row.values) > 1:
        text += f" ({_number(min(row.values), '×')}-{_number(max(row.values), '×')})"
    return text + (f"; {row.note}" if row.note else "")


def _number(value, unit):
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    text = f"{value:.{digits}f}"
    if unit != "×" and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if unit == "×" else f"{text} {unit}"


def _page(about, rows, found, drawn):
    met, measured = sum(row.met is True for row in rows), sum(row.met is not None for row in rows)
    lines = ["# What the gateway costs", "", *(f"- {line}" for line in about), ""]
    lines += [
        f"{met} of {measured} targets are met. Ratios are of CPU time per request unless the unit says otherwise:"
    ]
    lines += ["the median of the rounds, lowest to highest in brackets. `bench/README.md` says how to read it.", ""]
    lines += table(rows)
    missing = [row for row in rows if not row.values]
    lines += [f"\n{row.measure}, against {row.against}: not measured. {_plain(row.reason)}" for row in missing]
    for title, file in drawn:
        lines += ["", f"![{title}]({file})"]
    lines += ["", "## Every lane", "", *_lanes(found["shots"])]
    lines += ["", "## Latency", "", *_latency(found)]
    lines += ["", "## The floor", "", *_floor(rows), "", *_system_calls(found["system_calls"])]
    return lines


def _lanes(shots):
    lines = ["| lane | CPU µs per request | in the kernel | requests/s in this run | core busy |", "|---|--:|--:|--:|--:|"]
    for name, rounds in shots.items():
        if isinstance(rounds, str):
            lines.append(f"| {name} | – | | | {_plain(rounds)} |")
            continue
        cost, rate = (_spread([one[column] for one in rounds]) for column in ("cpu_us", "requests_per_second"))
        busy = statistics.median(one["core_busy"] for one in rounds)
        lines.append(f"| {name} | {cost} | {kernel_share(rounds):.0%} | {rate} | {busy:.0%} |")
        if "cpu_us_with_responder" in rounds[0]:
            whole = _spread([one["cpu_us_with_responder"] for one in rounds])
            lines.append(f"| {name}, with the responder's own time | {whole} | | | |")
    return lines


def _floor(rows):
    """Of each missed ratio: what it would be with the kernel's part of the gateway's time alone."""
    missed = [row for row in rows if row.met is False and row.floor is not None]
    if not missed:
        return ["No ratio of CPU time is missed."]
    lines = ["What a missed ratio would be if the gateway's own code took no time at all, so that only the kernel's part was left:"]
    lines += ["", "| measure | against | target | measured | floor |", "|---|---|--:|--:|--:|"]
    return lines + [
        f"| {row.measure} | {row.against} | {row.target:.2f} | {row.median:.2f} | {row.floor:.2f} |" for row in missed
    ]


def _latency(found):
    results = found["latency"]
    if isinstance(results, str):
        return [f"Not measured. {_plain(results)}"]
    lines = [
        f"At {found['rate']:.0f} requests a second, half of what nginx carried in this run. Microseconds from when a"
    ]
    lines += ["request was due; medians of the rounds.", ""]
    names = ["p50", "p75", "p90", "p95", "p99", "p99.9"]
    lines += ["| | " + " | ".join(names) + " |", "|---" + "|--:" * len(names) + "|"]
    for name, rounds in results.items():
        cells = [f"{statistics.median(one[p] for one in rounds):.0f}" for p in names]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _system_calls(counted):
    """A proxy needs four at the least: it reads the request and the answer, and writes each on."""
    lines = []
    for name, calls in counted.items():
        if isinstance(calls, str):
            lines.append(f"- {name}: not counted. {_plain(calls)}")
            continue
        kinds = ", ".join(f"{kind} {number:.2f}" for kind, number in calls.items() if kind != "all")
        lines.append(f"- {name}: {calls['all']:.2f} ({kinds})")
    return ["A request that is forwarded takes four at the least: two reads, two writes.", "", *lines]


def _spread(values):
    digits = 0 if min(values) >= 1000 else 1
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def _plain(reason):
    return " ".join(str(reason).split())
