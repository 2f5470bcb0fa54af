package sluice.cli.produce;

import java.nio.ByteBuffer;
import java.util.List;
import sluice.cli.http.Answer;
import sluice.cli.http.Call;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.GatewayClient;
import sluice.cli.http.Json;
import sluice.cli.http.Problem;
import sluice.cli.http.Time;

/** Sends the batches of one request and checks that the answer speaks of them, and of all. */
final class BatchSender {

    private final GatewayClient client;
    private final String topic;
    private final ProducerSettings settings;
    private final Time time;
    private final ProduceStats stats;

    BatchSender(
            GatewayClient client,
            String topic,
            ProducerSettings settings,
            Time time,
            ProduceStats stats) {
        this.client = client;
        this.topic = topic;
        this.settings = settings;
        this.time = time;
        this.stats = stats;
    }

    /**
     * Returns when the batches are acknowledged.
     *
     * @param nextOffsetMin offset after the last one acknowledged to this lane
     * @return the offset after the last one acknowledged now
     * @throws CommandFailure if they were refused, or the time is over
     */
    long send(int partition, List<PartitionQueue.Batch> batches, long nextOffsetMin)
            throws InterruptedException {
        String path =
                "/v1/topics/%s/records?acks=%s&partition=%d"
                        .formatted(Call.segment(topic), settings.acks().word(), partition);
        Call call = Call.postBatches(path, joined(batches));
        if (settings.acks() == ProducerSettings.Acks.NONE) {
            // Without a sequence a repetition could not be told from new records.
            call = call.countedAsSent();
        }
        long startNs = time.nowNs();
        Answer answer = client.send(call, settings.timeout());
        stats.requests.increment();
        stats.ackLatencies.add(time.nowNs() - startNs);
        return settings.acks() == ProducerSettings.Acks.NONE
                ? nextOffsetMin
                : checked(answer.json(), partition, batches, nextOffsetMin);
    }

    private static long checked(
            Json answer, int partition, List<PartitionQueue.Batch> batches, long nextOffsetMin) {
        List<Json> written = answer.list("batches");
        if (written.size() != batches.size()) {
            throw contradiction(
                    "%d batches were sent, %d acknowledged"
                            .formatted(batches.size(), written.size()));
        }
        long next = nextOffsetMin;
        for (int index = 0; index < written.size(); index++) {
            Json batch = written.get(index);
            long baseOffset = batch.longField("baseOffset");
            int records = batches.get(index).records();
            if (baseOffset < 0 && batch.text("duplicate", "").equals("true")) {
                // In the log, but so long ago that its place was forgotten.
                continue;
            }
            if (batch.longField("partition") != partition
                    || batch.longField("count") != records
                    || baseOffset < next) {
                throw contradiction(
                        ("expected %d records in partition %d at offset %d or later, the answer"
                                        + " says %s")
                                .formatted(records, partition, next, batch));
            }
            next = baseOffset + records;
        }
        return next;
    }

    private static byte[] joined(List<PartitionQueue.Batch> batches) {
        int size = batches.stream().mapToInt(batch -> batch.bytes().remaining()).sum();
        ByteBuffer body = ByteBuffer.allocate(size);
        batches.forEach(batch -> body.put(batch.bytes().duplicate()));
        return body.array();
    }

    private static CommandFailure contradiction(String what) {
        return new CommandFailure(
                Problem.local(
                        "Acknowledgement does not fit",
                        what,
                        "this should never happen: please report it; the records may be in the"
                                + " log"),
                CommandFailure.Outcome.UNKNOWN);
    }
}
