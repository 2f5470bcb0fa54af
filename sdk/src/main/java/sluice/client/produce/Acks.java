package sluice.client.produce;

/** When a record counts as written. */
public enum Acks {
    /** As soon as a gateway has taken it; it may be lost, and its offset is not told. */
    NONE("0"),
    /** When the owner's disk holds it; it may be lost with the owner. */
    OWNER("1"),
    /** When the disks of all members hold it: it is in the log for good. */
    ALL("all");

    private final String parameter;

    Acks(String parameter) {
        this.parameter = parameter;
    }

    /** As in the API. */
    String parameter() {
        return parameter;
    }
}
