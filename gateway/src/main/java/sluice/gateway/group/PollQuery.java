package sluice.gateway.group;

import sluice.consumer.group.GroupRequest;
import sluice.gateway.GatewayConfig;
import sluice.gateway.consume.QueryValues;
import sluice.gateway.consume.ValueFormat;

/** What a poll asks for, checked. */
record PollQuery(GroupRequest.Poll request, ValueFormat format) {

    private static final int RECORDS_DEFAULT = 500;
    private static final int RECORDS_MAX = 100_000;
    private static final int BYTES_DEFAULT = 1 << 20;

    static PollQuery parse(String member, PollParameters asked, GatewayConfig.Limits limits) {
        int bytesMax = Math.toIntExact(limits.fetchBytesMax().asLongValue());
        var request =
                new GroupRequest.Poll(
                        GivenIds.member(member),
                        QueryValues.number("epoch", asked.epoch, -1, 0, Long.MAX_VALUE),
                        QueryValues.number("received", asked.received, -1, 0, Long.MAX_VALUE),
                        (int) QueryValues.number("max", asked.max, RECORDS_DEFAULT, 1, RECORDS_MAX),
                        (int)
                                QueryValues.number(
                                        "maxBytes",
                                        asked.maxBytes,
                                        Math.min(BYTES_DEFAULT, bytesMax),
                                        1,
                                        bytesMax),
                        QueryValues.wait(asked.wait, limits.pollWaitMax()));
        ValueFormat format = ValueFormat.parse(asked.format);
        if (format == ValueFormat.BINARY) {
            throw QueryValues.bad(
                    "format=binary: batches go by the stream of a group, not by polls");
        }
        return new PollQuery(request, format);
    }
}
