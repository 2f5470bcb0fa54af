package sluice.metadata;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import sluice.metadata.MembershipRecord.Held;
import sluice.metadata.MembershipRecord.Member;
import sluice.metadata.MembershipRecord.Topic;

/**
 * The body of an item in {@code groups} whose key is {@code members-<group UUID>}:
 *
 * <pre>
 *   f        1
 *   epoch    number
 *   members  packed JSON: [{id, instance?, replaced?, connection?, client, gateway,
 *            joinedAtMs}, ...]
 *   topics   [{name, id, partitions, first}, ...]
 *   holds    packed bytes, absent if there are none
 * </pre>
 *
 * <p>Packed is deflated and in base64, since a group may have a thousand members and a hundred
 * thousand partitions. The bytes of {@code holds}: for each topic, in order, the number of its held
 * partitions; then of all held partitions, in order, how many free ones precede it; then of all the
 * index of the member in {@code members}; then of all how many epochs ago the hold began, times
 * two, plus one if it is to be given up. All are unsigned, seven bits a byte, the lowest first, the
 * eighth bit set in all bytes but the last.
 */
final class MembershipCodec {

    private MembershipCodec() {}

    static String encode(MembershipRecord membership) {
        var json = StoredJson.write().put("epoch", membership.epoch());
        ArrayNode members = json.arrayNode();
        membership.members().forEach(member -> put(members.addObject(), member));
        json.put("members", PackedText.pack(members.toString()));
        ArrayNode topics = json.putArray("topics");
        for (Topic topic : membership.topics()) {
            topics.addObject()
                    .put("name", topic.name())
                    .put("id", topic.id())
                    .put("partitions", topic.partitions())
                    .put("first", topic.first());
        }
        if (membership.topics().stream().anyMatch(topic -> !topic.holds().isEmpty())) {
            json.put("holds", PackedText.packBytes(holds(membership)));
        }
        return json.toString();
    }

    private static void put(ObjectNode json, Member member) {
        json.put("id", member.id().toString());
        member.instance().ifPresent(name -> json.put("instance", name));
        member.replaced().ifPresent(id -> json.put("replaced", id.toString()));
        member.connection().ifPresent(id -> json.put("connection", id.toString()));
        json.put("client", member.client())
                .put("gateway", member.gateway())
                .put("joinedAtMs", member.joinedAtMs());
    }

    private static byte[] holds(MembershipRecord membership) {
        Map<UUID, Integer> indexes = new HashMap<>();
        membership.members().forEach(member -> indexes.put(member.id(), indexes.size()));
        var counts = new ByteArrayOutputStream();
        var gaps = new ByteArrayOutputStream();
        var holders = new ByteArrayOutputStream();
        var ages = new ByteArrayOutputStream();
        for (Topic topic : membership.topics()) {
            putNumber(counts, topic.holds().size());
            int next = 0;
            for (Held held : topic.holds()) {
                Integer member = indexes.get(held.member());
                long age = membership.epoch() - held.since();
                if (member == null || held.partition() < next || age < 0) {
                    throw new IllegalArgumentException(
                            "holds are of members, in order, and began before: topic=%s hold=%s epoch=%d"
                                    .formatted(topic.name(), held, membership.epoch()));
                }
                putNumber(gaps, held.partition() - next);
                putNumber(holders, member);
                putNumber(ages, age << 1 | (held.revoking() ? 1 : 0));
                next = held.partition() + 1;
            }
        }
        for (var column : List.of(gaps, holders, ages)) {
            counts.writeBytes(column.toByteArray());
        }
        return counts.toByteArray();
    }

    private static void putNumber(ByteArrayOutputStream out, long number) {
        long rest = number;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    static MembershipRecord decode(String key, String body) {
        var json = StoredJson.read(ItemStore.Table.GROUPS, key, body);
        long epoch = json.number("epoch");
        List<Member> members = json.object("members").unpacked().elements(MembershipCodec::member);
        List<Topic> topics =
                json.list(
                        "topics",
                        each ->
                                new Topic(
                                        each.text("name"),
                                        each.number("id"),
                                        each.integer("partitions"),
                                        each.integer("first"),
                                        List.of()));
        Optional<StoredJson> packed = json.optional("holds");
        if (packed.isPresent()) {
            try {
                var source = ByteBuffer.wrap(packed.get().unpackedBytes());
                topics = withHolds(topics, members, epoch, source);
            } catch (BufferUnderflowException | IndexOutOfBoundsException | ArithmeticException e) {
                throw json.unreadable("holds are cut off or name no member: cause=" + e);
            }
        }
        return new MembershipRecord(epoch, members, topics);
    }

    private static Member member(StoredJson json) {
        return new Member(
                json.uuid("id"),
                json.optional("instance").map(StoredJson::asText),
                json.optional("replaced").map(id -> id.uuidOf(id.asText())),
                json.optional("connection").map(id -> id.uuidOf(id.asText())),
                json.text("client"),
                json.text("gateway"),
                json.number("joinedAtMs"));
    }

    private static List<Topic> withHolds(
            List<Topic> topics, List<Member> members, long epoch, ByteBuffer source) {
        int[] counts = new int[topics.size()];
        int all = 0;
        for (int i = 0; i < counts.length; i++) {
            counts[i] = Math.toIntExact(number(source));
            all = Math.addExact(all, counts[i]);
        }
        long[] gaps = column(source, all);
        long[] holders = column(source, all);
        long[] ages = column(source, all);
        var filled = new ArrayList<Topic>(topics.size());
        int at = 0;
        for (int i = 0; i < counts.length; i++) {
            Topic topic = topics.get(i);
            var holds = new ArrayList<Held>(counts[i]);
            int next = 0;
            for (int end = at + counts[i]; at < end; at++) {
                int partition = Math.toIntExact(next + gaps[at]);
                UUID member = members.get(Math.toIntExact(holders[at])).id();
                long since = epoch - (ages[at] >>> 1);
                holds.add(new Held(partition, member, since, (ages[at] & 1) != 0));
                next = partition + 1;
            }
            filled.add(
                    new Topic(topic.name(), topic.id(), topic.partitions(), topic.first(), holds));
        }
        return filled;
    }

    private static long[] column(ByteBuffer source, int count) {
        if (count > source.remaining()) {
            throw new IndexOutOfBoundsException("more holds than bytes: holds=" + count);
        }
        long[] column = new long[count];
        for (int i = 0; i < count; i++) {
            column[i] = number(source);
        }
        return column;
    }

    private static long number(ByteBuffer source) {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = source.get();
            number |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return number;
            }
        }
        throw new IndexOutOfBoundsException("a number of more than ten bytes");
    }
}
