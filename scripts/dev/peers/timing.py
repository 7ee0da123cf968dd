"""Timing shared by the measured peers: workers, medians, one JSON line.

With `--processes P`, P workers of one thread each take their share of the meta-batch, add their
gradients through shared memory and apply the same update, so that they never part. With one
process, the step runs in this process on `--threads T`.
"""

import argparse
import json
import resource
import statistics
import time

import torch
import torch.multiprocessing as mp


def parser(description, repeats=10):
    p = argparse.ArgumentParser(description=description)
    p.add_argument("--threads", type=int, default=2, help="threads of the one process")
    p.add_argument("--processes", type=int, default=1, help="workers of one thread each")
    p.add_argument("--repeats", type=int, default=repeats, help="timed meta-steps, at least 5")
    p.add_argument("--warm-up", type=int, default=2, help="meta-steps before the clock")
    return p


def work(rank, arguments, build, shared, losses, peaks, barrier):
    """One worker's meta-steps; returns the seconds of the timed ones."""
    processes = arguments.processes
    torch.set_num_threads(1 if processes > 1 else arguments.threads)
    learner = build(arguments, rank)
    seconds = []
    for step in range(arguments.warm_up + arguments.repeats):
        learner.draw(step)
        if barrier:
            barrier.wait()
        start = time.perf_counter()
        total = learner.gradients()
        if processes > 1:
            for name, slot in shared[rank].items():
                # A weight no path of this worker touched says so, or Adam would move it.
                touched = total.get(name)
                slot[0] = float(touched is not None)
                if touched is not None:
                    slot[1:] = touched.reshape(-1)
            barrier.wait()
            total = {}
            for name in shared[rank]:
                slots = [s[name][1:] for s in shared if s[name][0]]
                if slots:
                    total[name] = sum(slots[1:], slots[0].clone()).view_as(learner.p[name])
        learner.update(total)
        if barrier:
            barrier.wait()
        if step >= arguments.warm_up:
            seconds.append(time.perf_counter() - start)
    losses[rank] = learner.loss
    peaks[rank] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return seconds


def worker(rank, *rest):
    work(rank, *rest)


def run(arguments, build, meta_batch, report):
    """Times the workload `build(arguments, rank)` makes and prints one line. A workload has `p`,
    `loss`, `draw(step)`, `gradients()` of its share as a dictionary of sums, `update(sums)`."""
    count = arguments.processes
    losses, peaks = torch.zeros(count), torch.zeros(count, dtype=torch.int64)
    shared, barrier, children = None, None, []
    if count > 1:
        context = mp.get_context("spawn")
        shapes = {n: v.numel() for n, v in build(arguments, 0).p.items()}
        shared = [{n: torch.zeros(1 + k).share_memory_() for n, k in shapes.items()}
                  for _ in range(count)]
        losses.share_memory_()
        peaks.share_memory_()
        barrier = context.Barrier(count)
        for rank in range(1, count):
            child = context.Process(target=worker, args=(rank, arguments, build, shared, losses,
                                                         peaks, barrier))
            child.start()
            children.append(child)
    seconds = work(0, arguments, build, shared, losses, peaks, barrier)
    for child in children:
        child.join()
    median = statistics.median(seconds)
    print(json.dumps({
        "peer": "pytorch", "torch": torch.__version__, **report,
        "threads": 1 if count > 1 else arguments.threads, "processes": count,
        "repeats": arguments.repeats, "seconds_median": round(median, 5),
        "seconds_min": round(min(seconds), 5), "seconds_max": round(max(seconds), 5),
        "tasks_per_second": round(meta_batch / median, 3), "peak_bytes": int(peaks.sum()),
        "loss": round(float(losses.mean()), 5),
    }))


def share(meta_batch, arguments, rank):
    """The tasks of the meta-batch that worker `rank` takes."""
    return list(range(meta_batch))[rank::arguments.processes]
