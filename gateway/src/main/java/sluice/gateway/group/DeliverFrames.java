package sluice.gateway.group;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import sluice.consumer.group.QueueReply;
import sluice.gateway.consume.RecordJson;
import sluice.gateway.consume.ValueFormat;

/**
 * Messages as frames of JSON, of half a megabyte of what they hold each, but with one message at
 * least: {@code {"type":"deliver","messages":[…]}}.
 *
 * @param from index of the first that is wanted
 */
record DeliverFrames(List<QueueReply.Message> messages, int from, ValueFormat format)
        implements StreamWriter.Rendering {

    private static final long BYTES_MAX = 512 << 10;

    @Override
    public StreamWriter.Rendered render() {
        int to = end();
        List<QueueReply.Message> some = messages.subList(from, to);
        byte[] frame =
                GroupJson.object(json -> {
                    json.writeStringField("type", "deliver");
                    json.writeArrayFieldStart("messages");
                    var records = new RecordJson(json, format);
                    for (QueueReply.Message each : some) {
                        QueueJson.write(json, records, each);
                    }
                    json.writeEndArray();
                });
        return new StreamWriter.Rendered(
                new String(frame, StandardCharsets.UTF_8),
                to < messages.size()
                        ? Optional.of(new DeliverFrames(messages, to, format))
                        : Optional.empty());
    }

    private int end() {
        int to = from;
        long bytes = 0;
        do {
            bytes += DeliverFrame.sizeBytes(messages.get(to));
            to++;
        } while (to < messages.size()
                && bytes + DeliverFrame.sizeBytes(messages.get(to)) <= BYTES_MAX);
        return to;
    }
}
