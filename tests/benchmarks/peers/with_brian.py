"""The network in Brian 2: C++ standalone, float32."""

import brian2
import numpy as np
from brian2 import Network, NeuronGroup, SpikeGeneratorGroup, SpikeMonitor, Synapses, ms


def run(network, folder, repeats):
    """Spikes (1, steps, neurons) of each population, and the seconds of each of the repeats."""
    brian2.prefs.core.default_float_dtype = np.float32
    brian2.prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O3", "-march=native"]
    brian2.set_device("cpp_standalone", build_on_run=False, directory=str(folder / "brian"))
    brian2.defaultclock.dt = 1 * ms
    steps, neurons = np.nonzero(network.inputs[0])
    groups = [SpikeGeneratorGroup(network.sizes[0], neurons, steps * ms)]
    parts = []
    for size, threshold in zip(network.sizes[1:], network.thresholds):
        groups.append(NeuronGroup(size, "v : 1", threshold=f"v >= {threshold}", reset=f"v -= {threshold}"))
    for k, weights in enumerate(network.weights):
        synapses = Synapses(groups[k], groups[k + 1], "w : 1", on_pre="v_post += w")
        synapses.connect()  # all to all, by source
        synapses.w = weights.T.astype(np.float32).ravel()
        parts.append(synapses)
    monitors = [SpikeMonitor(group) for group in groups]
    simulation = Network(groups, parts, monitors)
    simulation.run((network.steps + len(network.weights)) * ms)
    brian2.device.build(directory=str(folder / "brian"), compile=True, run=True, with_output=False)
    seconds = [brian2.device._last_run_time]
    while len(seconds) < repeats:
        brian2.device.run(str(folder / "brian"), False, [])
        seconds.append(brian2.device._last_run_time)
    return [shifted(monitor, k, network) for k, monitor in enumerate(monitors)], seconds


def shifted(monitor, lag, network):
    """Population k emits at step t + k what follows from the input of step t."""
    steps = np.round(np.asarray(monitor.t / ms)).astype(int) - lag
    neurons = np.asarray(monitor.i)
    kept = steps < network.steps
    spikes = np.zeros((1, network.steps, network.sizes[lag]), bool)
    spikes[0, steps[kept], neurons[kept]] = True
    return spikes
