package sluice.model;

/** Takes the steps that a model can make. */
interface Steps {

    /**
     * A step.
     *
     * @param after the state after it; the taker's to keep
     * @param what who does what, with {@code %d} for {@code a} and {@code b}
     */
    void step(byte[] after, String what, int a, int b);

    default void step(byte[] after, String what, int a) {
        step(after, what, a, 0);
    }

    default void step(byte[] after, String what) {
        step(after, what, 0, 0);
    }
}
