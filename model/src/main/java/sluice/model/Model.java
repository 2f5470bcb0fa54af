package sluice.model;

import java.util.Optional;

/**
 * What {@link Explorer} explores: states as short arrays of small numbers, and the steps between
 * them.
 */
interface Model {

    /** The first state; all states have its length, and no number is above {@link StateSet#MAX}. */
    byte[] initial();

    /** Gives every step that can be made in {@code state} to {@code steps}; does not change it. */
    void next(byte[] state, Steps steps);

    /** Which promise is broken in {@code state}, if one is. */
    Optional<String> broken(byte[] state);

    /** True if nothing more is wanted: the wal is sealed, the slot has an owner that can write. */
    boolean isDone(byte[] state);

    /** True if so much was destroyed that nobody can be expected to go on from here. */
    boolean isHopeless(byte[] state);

    /** The state on one line, for traces. */
    String describe(byte[] state);
}
