package sluice.gateway.consume;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** The query of a fetch as it came; every part may be left out. */
public final class FetchParameters {

    @Parameter(description = "A number, earliest (the default) or latest")
    @RestQuery
    @Nullable String offset;

    @Parameter(
            description =
                    "In place of offset: begin at the first record with at least that timestamp, in"
                            + " milliseconds since 1970 UTC",
            schema = @Schema(type = SchemaType.INTEGER))
    @RestQuery
    @Nullable String timestamp;

    @Parameter(
            description = "Most records in the answer",
            schema = @Schema(type = SchemaType.INTEGER, defaultValue = "500"))
    @RestQuery
    @Nullable String max;

    @Parameter(
            description = "Rough size of the answer",
            schema = @Schema(type = SchemaType.INTEGER, defaultValue = "1048576"))
    @RestQuery
    @Nullable String maxBytes;

    @Parameter(
            description = "How long to wait for a first record, such as 5s or 500ms; up to 30s",
            schema = @Schema(type = SchemaType.STRING, defaultValue = "0s"))
    @RestQuery
    @Nullable String wait;

    @Parameter(
            schema =
                    @Schema(
                            enumeration = {"text", "json", "base64", "binary"},
                            defaultValue = "text"))
    @RestQuery
    @Nullable String format;
}
