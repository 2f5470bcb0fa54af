package sluice.engine.peer;

import java.nio.ByteBuffer;
import sluice.log.wal.Fenced;

/**
 * The outcome of a fence: a byte that names it, then its fields; a text fills the rest.
 *
 * <pre>
 *   1 held              start, its hash, end, its hash, bytes, high watermark, 8 each
 *   2 never held
 *   3 unknown           why
 *   4 unknown, but      high watermark 8, why
 * </pre>
 */
final class FencedBytes {

    private FencedBytes() {}

    static ByteBuffer encode(Fenced outcome) {
        return switch (outcome) {
            case Fenced.Held(var start, var startHash, var end, var endHash, var bytes, var hwm) ->
                    ByteBuffer.allocate(1 + 6 * Long.BYTES)
                            .put((byte) 1)
                            .putLong(start)
                            .putLong(startHash)
                            .putLong(end)
                            .putLong(endHash)
                            .putLong(bytes)
                            .putLong(hwm)
                            .flip();
            case Fenced.NeverHeld() -> ByteBuffer.wrap(new byte[] {2});
            case Fenced.Unknown(var why, var hwm) when hwm >= 0 -> {
                byte[] text = CallFrame.utf8(why);
                yield ByteBuffer.allocate(1 + Long.BYTES + text.length)
                        .put((byte) 4)
                        .putLong(hwm)
                        .put(text)
                        .flip();
            }
            case Fenced.Unknown(var why, _) -> {
                byte[] text = CallFrame.utf8(why);
                yield ByteBuffer.allocate(1 + text.length).put((byte) 3).put(text).flip();
            }
        };
    }

    /**
     * @throws sluice.log.SluiceException INVALID {@code malformed-frame}
     */
    static Fenced decode(ByteBuffer source) {
        int outcome = source.get();
        return switch (outcome) {
            case 1 ->
                    new Fenced.Held(
                            source.getLong(),
                            source.getLong(),
                            source.getLong(),
                            source.getLong(),
                            source.getLong(),
                            source.getLong());
            case 2 -> new Fenced.NeverHeld();
            case 3 -> new Fenced.Unknown(CallFrame.text(source, source.remaining()));
            case 4 -> {
                long hwm = source.getLong();
                yield new Fenced.Unknown(CallFrame.text(source, source.remaining()), hwm);
            }
            default -> throw CallFrame.malformed("fence outcome=" + outcome);
        };
    }
}
