package sluice.client.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A header of a record; several of one record may have the same name. The value's array is not
 * copied: nobody changes it.
 */
public record RecordHeader(String name, byte @Nullable [] value) {

    public RecordHeader {
        Objects.requireNonNull(name, "name");
    }

    /** With a text for its value, in UTF-8. */
    public static RecordHeader of(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** The value as text, or null. */
    public @Nullable String text() {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RecordHeader header
                && name.equals(header.name)
                && Arrays.equals(value, header.value);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return name + "=" + (value == null ? "null" : value.length + " bytes");
    }
}
