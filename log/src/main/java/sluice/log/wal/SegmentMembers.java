package sluice.log.wal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The members of one segment, and what each is known to hold on its disk. */
final class SegmentMembers {

    static final SegmentMembers NONE = new SegmentMembers();

    static final class Member {
        final UUID disk;

        /** All entries below are on its disk. */
        long end;

        /** It takes no more of this segment, and what it says does not count. */
        boolean lost;

        private Member(UUID disk, long start) {
            this.disk = disk;
            this.end = start;
        }
    }

    private final Map<UUID, Member> members = new LinkedHashMap<>();

    private SegmentMembers() {}

    SegmentMembers(List<UUID> disks, long start) {
        assertDistinct(disks);
        for (UUID disk : disks) {
            members.put(disk, new Member(disk, start));
        }
    }

    /** One disk named twice would be counted once, and the entries be on fewer disks than said. */
    static void assertDistinct(List<UUID> disks) {
        assert !disks.isEmpty() && Set.copyOf(disks).size() == disks.size() : "members=" + disks;
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    Iterable<Member> all() {
        return members.values();
    }

    @Nullable Member find(UUID disk) {
        return members.get(disk);
    }

    List<UUID> disks() {
        return List.copyOf(members.keySet());
    }

    List<UUID> lost() {
        List<UUID> lost = List.of();
        for (Member each : members.values()) {
            if (each.lost) {
                lost = lost.isEmpty() ? new ArrayList<>() : lost;
                lost.add(each.disk);
            }
        }
        return lost; // Asked before each append: nothing is made where nobody is lost.
    }

    /** All entries below are on the disks of all members. */
    long least() {
        long least = Long.MAX_VALUE;
        for (Member each : members.values()) {
            least = Math.min(least, each.end);
        }
        return least;
    }

    /**
     * Members that do not hold the entry at {@code hwm} while another one does; none if all are
     * alike, since then it is the load, or the owner itself.
     */
    List<UUID> laggards(long hwm) {
        List<UUID> behind = new ArrayList<>();
        boolean isHeld = false;
        for (Member each : members.values()) {
            if (each.end > hwm) {
                isHeld = true;
            } else {
                behind.add(each.disk);
            }
        }
        return isHeld ? behind : List.of();
    }

    Optional<UUID> first(Predicate<Member> which) {
        return members.values().stream().filter(which).map(m -> m.disk).findFirst();
    }
}
