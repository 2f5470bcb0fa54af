package sluice.gateway.group;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.Settlement.Outcome;

/**
 * What a settle says:
 *
 * <pre>
 *   {"session": id,                                        left out for deliveries without session
 *    "acknowledge": [delivery, …],
 *    "release": [{"delivery", "delay": "10s", "reason"}, …],   without delay: as the group says
 *    "reject": [{"delivery", "reason"}, …],
 *    "extend": [{"delivery", "visibility": "30s"}, …],
 *    "return": [delivery, …]}                            never begun: as if not delivered
 * </pre>
 */
final class SettleBody {

    private static final int ITEMS_MAX = 10_000;
    private static final int REASON_MAX = 256;
    private static final Duration DELAY_MAX = Duration.ofDays(7);
    private static final Duration VISIBILITY_MAX = Duration.ofHours(12);

    private SettleBody() {}

    static QueueRequest.Settle parse(JsonFields body) {
        List<QueueRequest.Item> items = items(body);
        Optional<UUID> session = body.text("session").map(GivenIds::session);
        body.end();
        return new QueueRequest.Settle(session, Optional.empty(), counted(body, items));
    }

    static List<QueueRequest.Item> items(JsonFields body) {
        var items = new ArrayList<QueueRequest.Item>();
        for (DeliveryId each : ids(body, "acknowledge")) {
            items.add(new QueueRequest.Item(each, new Outcome.Acknowledge()));
        }
        for (DeliveryId each : ids(body, "return")) {
            items.add(new QueueRequest.Item(each, new Outcome.NotDelivered()));
        }
        for (JsonFields each : body.objects("release").orElse(List.of())) {
            Optional<Duration> delay =
                    each.has("delay")
                            ? Optional.of(ReceiveBody.span(each, "delay", Duration.ZERO, DELAY_MAX))
                            : Optional.empty();
            items.add(item(each, new Outcome.Release(delay, reason(each))));
        }
        for (JsonFields each : body.objects("reject").orElse(List.of())) {
            items.add(item(each, new Outcome.Reject(reason(each))));
        }
        for (JsonFields each : body.objects("extend").orElse(List.of())) {
            each.textNeeded("visibility");
            Duration visibility =
                    ReceiveBody.span(each, "visibility", Duration.ZERO, VISIBILITY_MAX);
            items.add(item(each, new Outcome.Extend(visibility)));
        }
        return items;
    }

    /** These, if they are some and not too many. */
    static List<QueueRequest.Item> counted(JsonFields body, List<QueueRequest.Item> items) {
        if (items.isEmpty() || items.size() > ITEMS_MAX) {
            throw body.bad(
                    "acknowledge, release, reject, extend, return",
                    "expected 1 to %d deliveries together".formatted(ITEMS_MAX));
        }
        return items;
    }

    private static QueueRequest.Item item(JsonFields from, Outcome outcome) {
        DeliveryId delivery = DeliveryId.parse(from.textNeeded("delivery"));
        from.end();
        return new QueueRequest.Item(delivery, outcome);
    }

    private static String reason(JsonFields from) {
        String reason = from.text("reason").orElse("");
        if (reason.length() > REASON_MAX) {
            throw from.bad("reason", "expected up to %d characters".formatted(REASON_MAX));
        }
        return reason;
    }

    static List<DeliveryId> ids(JsonFields body, String name) {
        return body.texts(name).orElse(List.of()).stream().map(DeliveryId::parse).toList();
    }
}
