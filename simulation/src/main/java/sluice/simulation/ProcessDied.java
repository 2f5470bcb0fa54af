package sluice.simulation;

/**
 * Ends what a process was doing when it was killed in the middle of it. No code of the process
 * handles it: whatever comes after it in the same event belongs to a process that is gone.
 */
final class ProcessDied extends Error {

    private static final long serialVersionUID = 1L;

    ProcessDied() {
        super("the simulated process was killed here", null, false, false);
    }
}
