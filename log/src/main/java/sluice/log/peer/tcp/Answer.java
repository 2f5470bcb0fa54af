package sluice.log.peer.tcp;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * What who was dialled says to a {@link Hello}, big-endian; after any other verdict than "accepted"
 * the connection is closed:
 *
 * <pre>
 *   offset  length  field
 *        0       4  magic, 0x534C5052 ("SLPR")
 *        4       2  version of the protocol, 1
 *        6       1  verdict, see {@link Verdict}
 *        7      16  disk id of who answers, a UUID
 *       23       4  CRC-32C of all bytes before it
 * </pre>
 */
record Answer(Verdict verdict, UUID from) {

    static final int BYTES = Integer.BYTES + Short.BYTES + 1 + 2 * Long.BYTES + Integer.BYTES;
    private static final int CRC_OFFSET = BYTES - Integer.BYTES;

    /** The ids are sent on the wire: add, never renumber. */
    enum Verdict {
        ACCEPTED(0),
        OTHER_VERSION(1),
        OTHER_CLUSTER(2),
        /** Another disk is at this address now than the one that was dialled. */
        NOT_ME(3),
        DAMAGED(4),
        /** The smaller of the two ids dials, and it was the larger. */
        NOT_YOURS_TO_DIAL(5);

        private final int id;

        Verdict(int id) {
            this.id = id;
        }
    }

    ByteBuffer encode() {
        ByteBuffer bytes =
                ByteBuffer.allocate(BYTES)
                        .putInt(Hello.MAGIC)
                        .putShort(Hello.VERSION)
                        .put((byte) verdict.id)
                        .putLong(from.getMostSignificantBits())
                        .putLong(from.getLeastSignificantBits());
        return bytes.putInt(Hello.crcBefore(bytes, CRC_OFFSET)).flip();
    }

    /** Returns nothing if it is not an answer of ours, or damaged. */
    static Optional<Answer> decode(ByteBuffer bytes) {
        if (bytes.getInt() != Hello.MAGIC
                || bytes.getInt(CRC_OFFSET) != Hello.crcBefore(bytes, CRC_OFFSET)) {
            return Optional.empty();
        }
        boolean sameVersion = bytes.getShort() == Hello.VERSION;
        int id = bytes.get();
        var from = new UUID(bytes.getLong(), bytes.getLong());
        if (!sameVersion) {
            return Optional.of(new Answer(Verdict.OTHER_VERSION, from));
        }
        for (Verdict verdict : Verdict.values()) {
            if (verdict.id == id) {
                return Optional.of(new Answer(verdict, from));
            }
        }
        return Optional.empty();
    }
}
