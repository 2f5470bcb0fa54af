package sluice.client.record;

/** How the records of a batch are compressed. The ids are stored: add, never renumber. */
public enum Compression {
    NONE(0),
    /** Needs no library. */
    GZIP(1),
    /** Needs {@code org.xerial.snappy:snappy-java}. */
    SNAPPY(2),
    /** Needs {@code at.yawk.lz4:lz4-java}, or the older {@code org.lz4:lz4-java}. */
    LZ4(3),
    /** Needs {@code com.github.luben:zstd-jni}. */
    ZSTD(4);

    private final int id;

    Compression(int id) {
        this.id = id;
    }

    /** As in a batch's attributes. */
    public int id() {
        return id;
    }

    /**
     * @throws IllegalArgumentException if there is none with this id
     */
    public static Compression ofId(int id) {
        for (Compression each : values()) {
            if (each.id == id) {
                return each;
            }
        }
        throw new IllegalArgumentException("expected compression 0 to 4, found " + id);
    }
}
