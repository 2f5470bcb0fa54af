package sluice.log.wal;

/**
 * How long a member may owe an answer. It doubles with every segment that was left behind before
 * anything was committed in it: else an owner whose members are all slow would only ever send the
 * same entries again.
 */
final class Patience {

    private static final int DOUBLED_MAX = 6;

    private final long firstNs;
    private int doubled;

    Patience(long firstNs) {
        this.firstNs = firstNs;
    }

    boolean isOver(long waitedNs) {
        return waitedNs > firstNs << doubled;
    }

    void leftInVain() {
        doubled = Math.min(doubled + 1, DOUBLED_MAX);
    }

    void committed() {
        doubled = 0;
    }
}
