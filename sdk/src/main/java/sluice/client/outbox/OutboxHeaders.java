package sluice.client.outbox;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record's headers as one column: big-endian {@code count int32}, then for each {@code length
 * int32, UTF-8 name, length int32 or −1 for null, value}. No headers are a null column.
 */
final class OutboxHeaders {

    private OutboxHeaders() {}

    static byte @Nullable [] encode(List<? extends Map.Entry<String, byte @Nullable []>> headers) {
        if (headers.isEmpty()) {
            return null;
        }
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(headers.size());
            for (var header : headers) {
                byte[] name = header.getKey().getBytes(StandardCharsets.UTF_8);
                out.writeInt(name.length);
                out.write(name);
                byte[] value = header.getValue();
                out.writeInt(value == null ? -1 : value.length);
                if (value != null) {
                    out.write(value);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static List<Map.Entry<String, byte @Nullable []>> decode(byte @Nullable [] column) {
        var headers = new ArrayList<Map.Entry<String, byte @Nullable []>>();
        if (column == null) {
            return headers;
        }
        try (var in = new DataInputStream(new ByteArrayInputStream(column))) {
            for (int left = in.readInt(); left > 0; left--) {
                String name = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
                int length = in.readInt();
                byte @Nullable [] value = length < 0 ? null : in.readNBytes(length);
                headers.add(new java.util.AbstractMap.SimpleImmutableEntry<>(name, value));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return headers;
    }
}
