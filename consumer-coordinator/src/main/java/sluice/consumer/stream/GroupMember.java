package sluice.consumer.stream;

import java.util.Optional;
import java.util.UUID;
import sluice.metadata.MembershipRecord;

/** A live member: what is stored of it, and when it was heard of. */
final class GroupMember {

    MembershipRecord.Member stored;
    long heardNs;

    /** True while another process waits to take its place. */
    boolean isFenced;

    GroupMember(MembershipRecord.Member stored, long heardNs) {
        this.stored = stored;
        this.heardNs = heardNs;
    }

    UUID id() {
        return stored.id();
    }

    boolean isStatic() {
        return stored.instance().isPresent();
    }

    /** True if what comes by this connection comes from the member's latest one. */
    boolean isCurrent(Optional<UUID> connection) {
        return stored.connection().equals(connection);
    }

    void connected(Optional<UUID> connection, String client, String gateway, long wallMs) {
        stored =
                new MembershipRecord.Member(
                        stored.id(),
                        stored.instance(),
                        stored.replaced(),
                        connection,
                        client,
                        gateway,
                        wallMs);
    }
}
