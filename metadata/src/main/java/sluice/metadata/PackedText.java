package sluice.metadata;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * Long text, or bytes, in few characters: UTF-8, deflated (zlib's format), in base64 without
 * padding.
 */
final class PackedText {

    /** Far more than an item can hold honestly. */
    static final int TEXT_BYTES_MAX = 16 * 1024 * 1024;

    private PackedText() {}

    static String pack(String text) {
        return packBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    static String packBytes(byte[] bytes) {
        var packed = new ByteArrayOutputStream();
        var deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try (var out = new DeflaterOutputStream(packed, deflater)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            deflater.end();
        }
        return Base64.getEncoder().withoutPadding().encodeToString(packed.toByteArray());
    }

    /**
     * @throws IOException if this is not packed text, or longer than {@link #TEXT_BYTES_MAX}
     */
    static String unpack(String packed) throws IOException {
        return new String(unpackBytes(packed), StandardCharsets.UTF_8);
    }

    /**
     * @throws IOException as {@link #unpack}
     */
    static byte[] unpackBytes(String packed) throws IOException {
        byte[] deflated;
        try {
            deflated = Base64.getDecoder().decode(packed);
        } catch (IllegalArgumentException e) {
            throw new IOException("not base64", e);
        }
        try (var in = new InflaterInputStream(new ByteArrayInputStream(deflated))) {
            byte[] text = in.readNBytes(TEXT_BYTES_MAX + 1);
            if (text.length > TEXT_BYTES_MAX) {
                throw new IOException("too long: textBytesMax=" + TEXT_BYTES_MAX);
            }
            return text;
        }
    }
}
