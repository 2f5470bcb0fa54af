package sluice.cli.consume;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.cli.http.Json;
import sluice.log.batch.LogRecord;

/** Records in the JSON of the API, asked for with {@code format=base64}. */
final class JsonRecord {

    private JsonRecord() {}

    static LogRecord decoded(Json record) {
        var headers = new ArrayList<LogRecord.Header>();
        record.field("headersBase64")
                .ifPresent(all -> all.names().forEach(name -> addHeader(headers, all, name)));
        return new LogRecord(
                record.longField("offset"),
                record.longField("timestamp"),
                bytes(record.field("keyBase64")),
                bytes(record.field("valueBase64")),
                headers);
    }

    private static void addHeader(ArrayList<LogRecord.Header> headers, Json all, String name) {
        Optional<Json> value = all.field(name);
        if (value.isPresent() && value.get().isList()) {
            value.get()
                    .elements()
                    .forEach(each ->
                            headers.add(new LogRecord.Header(name, bytes(Optional.of(each)))));
        } else {
            headers.add(new LogRecord.Header(name, bytes(value)));
        }
    }

    private static @Nullable ByteBuffer bytes(Optional<Json> base64) {
        return base64.map(text -> ByteBuffer.wrap(Base64.getDecoder().decode(text.toString())))
                .orElse(null);
    }
}
