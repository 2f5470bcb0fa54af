package sluice.metadata;

import java.util.function.Function;

/**
 * What was read, and the version to name when replacing it.
 *
 * @param version 0 if there is no item yet
 */
public record Versioned<T>(T value, long version) {

    public <R> Versioned<R> map(Function<? super T, ? extends R> change) {
        return new Versioned<>(change.apply(value), version);
    }
}
