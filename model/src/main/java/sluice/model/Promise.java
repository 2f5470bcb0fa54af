package sluice.model;

/** What must hold in every state; the numbers are those of the design's promises. */
enum Promise {
    SEALED_IS_TERMINAL("I6: a sealed wal was written again"),
    TRIM_IS_COVERED("I12: a copy went before committed metadata covered it"),
    ONE_SEAL("I6: a sealed end changed"),
    SEAL_HOLDS_ALL("I1, I6: the wal is sealed at %d, but entries below %d were acknowledged"),
    SEAL_IS_IN_OBJECTS("I1: the wal is sealed at %d, but objects end at %d"),
    ACKNOWLEDGED_IS_DURABLE("I1: an acknowledged entry is on no disk and in no object");

    private final String text;

    Promise(String text) {
        this.text = text;
    }

    /** For a state's field: 0 is none. */
    int code() {
        return ordinal() + 1;
    }

    static String text(int code) {
        return values()[code - 1].text;
    }

    String text(Object... numbers) {
        return text.formatted(numbers);
    }
}
