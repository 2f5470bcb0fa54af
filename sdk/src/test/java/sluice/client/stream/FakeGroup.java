package sluice.client.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import sluice.client.batch.BatchBuilder;
import sluice.client.batch.BatchReader;
import sluice.client.record.Compression;
import sluice.client.record.TopicPartition;

/** A group's coordinator and its partitions' logs, as a client finds them; without failures. */
final class FakeGroup {

    static final String TOPIC = "orders";

    /** A partition that a member holds. */
    static final class Hold {
        final TopicPartition partition;
        final long since;
        final long start;
        boolean isRevoking;

        Hold(TopicPartition partition, long since, long start) {
            this.partition = partition;
            this.since = since;
            this.start = start;
        }
    }

    static final class Member {
        final String id;
        final TreeMap<TopicPartition, Hold> holds = new TreeMap<>();
        @Nullable FakeStream stream;

        Member(String id) {
            this.id = id;
        }
    }

    final Map<TopicPartition, List<ByteBuffer>> logs = new TreeMap<>();
    final Map<TopicPartition, Long> committed = new HashMap<>();
    final LinkedHashMap<String, Member> members = new LinkedHashMap<>();
    final List<String> violations = new ArrayList<>();
    long epoch = 1;
    long commits;
    private int memberCount;

    FakeGroup(int partitions) {
        for (int i = 0; i < partitions; i++) {
            logs.put(new TopicPartition(TOPIC, i), new ArrayList<>());
        }
    }

    /** Appends one batch of so many records; a record's value is its offset. */
    void append(int partition, int records) {
        var id = new TopicPartition(TOPIC, partition);
        List<ByteBuffer> log = log(id);
        long base = end(id);
        var builder = new BatchBuilder(1024);
        for (int i = 0; i < records; i++) {
            builder.append(
                    0, null, Long.toString(base + i).getBytes(StandardCharsets.UTF_8), List.of());
        }
        ByteBuffer batch = builder.build(Compression.NONE, 1 << 20);
        batch.putLong(0, base);
        log.add(batch);
        members.values().forEach(member -> tell(member));
    }

    List<ByteBuffer> log(TopicPartition partition) {
        return logs.computeIfAbsent(partition, p -> new ArrayList<>());
    }

    long end(TopicPartition partition) {
        List<ByteBuffer> log = log(partition);
        return log.isEmpty() ? 0 : BatchReader.nextOffset(log.get(log.size() - 1), 0);
    }

    Member join() {
        var member = new Member("member-" + ++memberCount);
        members.put(member.id, member);
        return member;
    }

    void leave(Member member) {
        if (members.remove(member.id) != null) {
            rebalance();
        }
    }

    /** Moves what must move: members' numbers of partitions differ by at most one. */
    void rebalance() {
        if (members.isEmpty()) {
            return;
        }
        epoch++;
        int least = logs.size() / members.size();
        int more = logs.size() % members.size();
        for (Member member : members.values()) {
            int quota = least + (more-- > 0 ? 1 : 0);
            for (Hold hold : List.copyOf(member.holds.values())) {
                long kept = member.holds.values().stream().filter(h -> !h.isRevoking).count();
                if (kept > quota && !hold.isRevoking) {
                    hold.isRevoking = true;
                } else if (kept < quota && hold.isRevoking) {
                    hold.isRevoking = false;
                }
            }
        }
        more = logs.size() % members.size();
        for (Member member : members.values()) {
            int quota = least + (more-- > 0 ? 1 : 0);
            for (TopicPartition free : free()) {
                if (member.holds.size() < quota) {
                    give(member, free);
                }
            }
        }
        members.values().forEach(this::tell);
    }

    private List<TopicPartition> free() {
        return logs.keySet().stream()
                .filter(partition ->
                        members.values().stream()
                                .noneMatch(member -> member.holds.containsKey(partition)))
                .toList();
    }

    private void give(Member member, TopicPartition partition) {
        long start = committed.getOrDefault(partition, 0L);
        member.holds.put(partition, new Hold(partition, epoch, start));
    }

    void release(Member member, List<TopicPartition> partitions) {
        boolean any = false;
        for (TopicPartition each : partitions) {
            Hold hold = member.holds.get(each);
            if (hold != null && hold.isRevoking) {
                member.holds.remove(each);
                any = true;
            }
        }
        if (any) {
            rebalance();
        }
    }

    /** What an operator does while the partition is read. */
    void reset(int partition, long offset) {
        var id = new TopicPartition(TOPIC, partition);
        committed.put(id, offset);
        epoch++;
        for (Member member : members.values()) {
            if (member.holds.containsKey(id)) {
                member.holds.remove(id);
                give(member, id);
            }
            tell(member);
        }
    }

    /** True if something is to be given back. */
    boolean isRevoking() {
        return members.values().stream()
                .flatMap(member -> member.holds.values().stream())
                .anyMatch(hold -> hold.isRevoking);
    }

    /** The revocation timeout is over. */
    void takeRevoking() {
        for (Member member : members.values()) {
            member.holds.values().removeIf(hold -> hold.isRevoking);
        }
        rebalance();
    }

    /**
     * @return the code of the error; empty if it is committed
     */
    String commit(Member member, long memberEpoch, Map<TopicPartition, Long> offsets) {
        for (var each : offsets.entrySet()) {
            Hold hold = member.holds.get(each.getKey());
            if (hold == null) {
                return "not-assigned";
            }
            if (hold.since > memberEpoch) {
                return "stale-epoch";
            }
            if (each.getValue() < hold.start || each.getValue() > end(each.getKey())) {
                violations.add("a commit of another hold: " + each + " start=" + hold.start);
            }
        }
        committed.putAll(offsets);
        commits++;
        return "";
    }

    private void tell(Member member) {
        if (member.stream != null) {
            member.stream.changed();
        }
    }
}
