package sluice.gateway.group;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import sluice.consumer.group.QueueRequest;
import sluice.gateway.consume.ValueFormat;

/** What a consumer of a queue group sends on its stream: one JSON object a text frame. */
sealed interface QueueFrame {

    int CREDIT_MAX = 10_000;
    int HELD_MAX = 30_000;

    /**
     * The first frame.
     *
     * @param credit empty: as many as the group's settings say
     */
    record Open(
            Optional<QueueRequest.Resume> resume,
            OptionalInt credit,
            ValueFormat format,
            String client)
            implements QueueFrame {}

    /** The session has at most so many messages at one time from now on. */
    record Credit(int messages) implements QueueFrame {}

    /**
     * What is to become of messages.
     *
     * @param id repeated in the answer
     */
    record Settle(long id, JsonFields fields) implements QueueFrame {

        /**
         * @throws sluice.gateway.problem.ProblemException or {@link sluice.log.SluiceException} if
         *     it cannot be read: nothing of it is settled
         */
        List<QueueRequest.Item> items() {
            List<QueueRequest.Item> items = SettleBody.items(fields);
            fields.end();
            return SettleBody.counted(fields, items);
        }
    }

    /** Nothing but a sign of life. */
    record Heartbeat() implements QueueFrame {}

    record Leave() implements QueueFrame {}

    /** The first frame, of which the type is known. */
    static Open open(JsonFields fields) {
        Optional<QueueRequest.Resume> resume =
                fields.text("session")
                        .map(id ->
                                new QueueRequest.Resume(
                                        GivenIds.session(id), SettleBody.ids(fields, "held")));
        OptionalInt credit =
                fields.number("credit", 0, CREDIT_MAX)
                        .map(number -> OptionalInt.of(number.intValue()))
                        .orElse(OptionalInt.empty());
        var frame =
                new Open(
                        resume,
                        credit,
                        fields.text("format").map(ValueFormat::parse).orElse(ValueFormat.TEXT),
                        MemberLabels.client(fields));
        fields.end();
        if (resume.isPresent() && resume.get().held().size() > HELD_MAX) {
            throw fields.bad("held", "expected up to %d deliveries".formatted(HELD_MAX));
        }
        return frame;
    }

    /**
     * A frame after the first.
     *
     * @throws sluice.gateway.problem.ProblemException if it is none
     */
    static QueueFrame parse(JsonFields fields) {
        QueueFrame frame =
                switch (fields.textNeeded("type")) {
                    case "credit" ->
                            new Credit((int) fields.numberNeeded("messages", 0, CREDIT_MAX));
                    case "settle" ->
                            new Settle(fields.numberNeeded("id", 0, Long.MAX_VALUE), fields);
                    case "heartbeat" -> new Heartbeat();
                    case "leave" -> new Leave();
                    default ->
                            throw fields.bad("type", "expected credit, settle, heartbeat or leave");
                };
        if (!(frame instanceof Settle)) {
            fields.end();
        }
        return frame;
    }
}
