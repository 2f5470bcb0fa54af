package sluice.bench.compare;

/** Says when a rate that is looked at again and again has stopped growing. */
final class Settling {

    private static final double GROWTH_MAX = 1.1;

    private double best;

    /**
     * @param rate since the last look
     * @return true if it is not zero, and hardly more than the highest before
     */
    boolean add(double rate) {
        boolean isSettled = rate > 0 && rate <= best * GROWTH_MAX;
        best = Math.max(best, rate);
        return isSettled;
    }
}
