package sluice.gateway.group;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sluice.consumer.group.DeadLetterHeaders;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.RedriveOrder;
import sluice.consumer.group.RedriveOrder.Place;
import sluice.consumer.group.RedriveOrder.Target;
import sluice.consumer.queue.MessageFilter;
import sluice.consumer.queue.MessageFilter.HeaderIs;
import sluice.gateway.topics.TopicName;

/**
 * Which dead letters are meant, and what is to become of them:
 *
 * <pre>
 *   {"ids": ["0/17", …],                                            or, or neither for all
 *    "filter": {"key" | "keyBase64", "headers": ["name:value", …], "reason", "from": ms, "to": ms},
 *    "max": n, "rate": n a second,
 *    "to": topic}                                                   not with a purge
 * </pre>
 */
final class RedriveBody {

    private static final Pattern ID = Pattern.compile("([0-9]{1,9})/([0-9]{1,18})");
    private static final long TIME_MAX = 1L << 50;

    private RedriveBody() {}

    /** The order of a redrive of this group's dead letters. */
    static RedriveOrder redrive(JsonFields body, GroupName group) {
        Optional<String> to = body.text("to");
        if (to.isPresent() && !TopicName.isValid(to.get())) {
            throw body.bad("to", TopicName.whyNot(to.get()));
        }
        return order(body, group, to.<Target>map(Target.Topic::new).orElseGet(Target.Origin::new));
    }

    /** The order of a purge of this group's dead letters. */
    static RedriveOrder purge(JsonFields body, GroupName group) {
        return order(body, group, new Target.Nowhere());
    }

    private static RedriveOrder order(JsonFields body, GroupName group, Target target) {
        Optional<List<String>> ids = body.texts("ids");
        Optional<JsonFields> filter = body.objectIfOne("filter");
        if (body.has("filter") && filter.isEmpty()) {
            throw body.bad("filter", "expected an object");
        }
        if (ids.isPresent() && filter.isPresent()) {
            throw body.bad("ids", "expected ids or a filter, not both");
        }
        if (ids.isPresent()
                && (ids.get().isEmpty() || ids.get().size() > RedriveOrder.PLACES_MAX)) {
            throw body.bad("ids", "expected 1 to " + RedriveOrder.PLACES_MAX);
        }
        var order =
                new RedriveOrder(
                        ids.orElse(List.of()).stream().map(id -> place(body, id)).toList(),
                        filter(filter, group),
                        body.number("max", 1, Long.MAX_VALUE)
                                .map(OptionalLong::of)
                                .orElse(OptionalLong.empty()),
                        body.number("rate", 1, RedriveOrder.PER_SECOND_MAX)
                                .map(Long::intValue)
                                .orElse(0),
                        target);
        body.end();
        return order;
    }

    private static Place place(JsonFields body, String id) {
        Matcher form = ID.matcher(id);
        if (!form.matches()) {
            throw body.bad(
                    "ids", "expected ids as the list of dead letters has them, such as 0/17");
        }
        return new Place(Integer.parseInt(form.group(1)), Long.parseLong(form.group(2)));
    }

    /** Other groups may have their dead letters in the same topic. */
    private static MessageFilter filter(Optional<JsonFields> asked, GroupName group) {
        if (asked.isEmpty()) {
            return ofGroup(MessageFilter.ALL, group, Optional.empty());
        }
        JsonFields fields = asked.get();
        Optional<ByteBuffer> key =
                MessageWords.key(
                        fields.text("key").orElse(null), fields.text("keyBase64").orElse(null));
        List<HeaderIs> headers = MessageWords.headers(fields.texts("headers").orElse(List.of()));
        Optional<String> reason = fields.text("reason");
        var filter = new MessageFilter(key, headers, time(fields, "from"), time(fields, "to"));
        fields.end();
        return ofGroup(filter, group, reason);
    }

    private static OptionalLong time(JsonFields fields, String name) {
        return fields.number(name, 0, TIME_MAX).map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    /** Of this group only, and given up for this reason. */
    static MessageFilter ofGroup(MessageFilter filter, GroupName group, Optional<String> reason) {
        var headers = new ArrayList<>(filter.headers());
        headers.add(is(DeadLetterHeaders.GROUP, group.name()));
        reason.ifPresent(text -> headers.add(is(DeadLetterHeaders.REASON, text)));
        return new MessageFilter(filter.key(), headers, filter.fromMs(), filter.toMs());
    }

    private static HeaderIs is(String name, String value) {
        return new HeaderIs(name, Optional.of(MessageWords.bytes(value)));
    }
}
