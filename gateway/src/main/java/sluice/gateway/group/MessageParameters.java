package sluice.gateway.group;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** The query of a search as it came; every part may be left out. */
public final class MessageParameters {

    @Parameter(description = "Only messages with this key")
    @RestQuery
    @Nullable String key;

    @Parameter(description = "Only messages with this key, in base64")
    @RestQuery
    @Nullable String keyBase64;

    @Parameter(description = "name:value, or name for whatever value; may be repeated")
    @RestQuery
    @Nullable List<String> header;

    @Parameter(
            description =
                    "Only records with this timestamp or a later one: milliseconds since 1970, or"
                            + " 2026-03-01T12:00:00Z")
    @RestQuery
    @Nullable String from;

    @Parameter(description = "Only records with an earlier timestamp")
    @RestQuery
    @Nullable String to;

    @Parameter(
            description = "Most messages in the answer",
            schema = @Schema(type = SchemaType.INTEGER, defaultValue = "20"))
    @RestQuery
    @Nullable String max;

    @Parameter(description = "nextAfter of the page before")
    @RestQuery
    @Nullable String after;

    @Parameter(
            schema =
                    @Schema(
                            enumeration = {"text", "json", "base64"},
                            defaultValue = "text"))
    @RestQuery
    @Nullable String format;
}
