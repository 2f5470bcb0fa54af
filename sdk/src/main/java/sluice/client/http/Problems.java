package sluice.client.http;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sluice.client.error.Problem;
import sluice.client.json.Json;
import sluice.client.json.JsonException;

/** Reads problem documents. */
public final class Problems {

    private static final String TYPE_PREFIX = "https://sluice.dev/problems/";

    private Problems() {}

    /** The problem of a refused call; an answer that is no problem document still makes one. */
    public static Problem of(Answer answer, String where) {
        try {
            return of(answer.json(), answer.status());
        } catch (JsonException notJson) {
            return new Problem(
                    "",
                    answer.status(),
                    "HTTP status " + answer.status(),
                    where + " answered with something that is not a problem document",
                    "check that it is a Sluice gateway",
                    Map.of());
        }
    }

    /**
     * A problem document, or one of the problems inside another.
     *
     * @param status if the document says none
     */
    public static Problem of(Json document, int status) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (String name : document.names()) {
            fields.put(name, document.field(name).map(Json::value).orElse(null));
        }
        fields.keySet()
                .removeAll(java.util.Set.of("type", "code", "title", "status", "detail", "action"));
        String type = document.text("type", "");
        String fallback = type.startsWith(TYPE_PREFIX) ? type.substring(TYPE_PREFIX.length()) : "";
        return new Problem(
                document.text("code", fallback),
                (int) document.number("status", status),
                document.text("title", "HTTP status " + status),
                document.text("detail", "no detail was given"),
                document.text("action", ""),
                fields);
    }
}
