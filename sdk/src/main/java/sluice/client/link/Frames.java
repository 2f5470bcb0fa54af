package sluice.client.link;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import sluice.client.error.Problem;
import sluice.client.json.Json;
import sluice.client.json.JsonText;

/** What the frames of all streams have in common. */
public final class Frames {

    private Frames() {}

    /** A text frame of that type, with these fields. */
    public static String text(String type, JsonText.Content fields) {
        byte[] bytes =
                JsonText.object(json -> {
                    json.writeStringField("type", type);
                    fields.writeTo(json);
                });
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** What a frame of type {@code error} says. */
    public static Problem problem(Json frame) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        for (String name : frame.names()) {
            frame.field(name).map(Json::value).ifPresent(value -> fields.put(name, value));
        }
        return new Problem(
                frame.text("code", ""),
                (int) frame.number("status", 0),
                frame.text("title", "an error without a title"),
                frame.text("detail", ""),
                frame.text("action", ""),
                fields);
    }

    /** True if the same may succeed after a pause, or through another gateway. */
    public static boolean mayPass(Problem problem) {
        return problem.status() == 429 || problem.status() >= 500;
    }
}
