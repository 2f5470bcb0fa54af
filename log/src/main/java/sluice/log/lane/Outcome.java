package sluice.log.lane;

import sluice.log.SluiceException;

/** How work ended that was done away from the lane. */
public sealed interface Outcome<T> {

    record Success<T>(T value) implements Outcome<T> {}

    record Failure<T>(SluiceException error) implements Outcome<T> {}
}
