package sluice.gateway.consume;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Bytes as a person may read them. Neither method moves the buffer. */
final class Text {

    private Text() {}

    /** The text of UTF-8 bytes, or null if they are not UTF-8. */
    static @Nullable String decode(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes.duplicate())
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    static String base64(ByteBuffer bytes) {
        ByteBuffer encoded = Base64.getEncoder().encode(bytes.duplicate());
        return new String(
                encoded.array(),
                encoded.arrayOffset(),
                encoded.remaining(),
                StandardCharsets.ISO_8859_1);
    }
}
