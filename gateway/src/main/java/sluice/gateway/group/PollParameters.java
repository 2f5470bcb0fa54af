package sluice.gateway.group;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** The query of a poll as it came; every part may be left out. */
public final class PollParameters {

    @Parameter(
            description = "Epoch of the last answer",
            schema = @Schema(type = SchemaType.INTEGER))
    @RestQuery
    @Nullable String epoch;

    @Parameter(
            description =
                    "Number of the last answer that arrived: the one after it is given again if it"
                            + " was lost on its way",
            schema = @Schema(type = SchemaType.INTEGER))
    @RestQuery
    @Nullable String received;

    @Parameter(
            description = "How long to wait for a first record, such as 5s or 500ms; up to 30s",
            schema = @Schema(type = SchemaType.STRING, defaultValue = "0s"))
    @RestQuery
    @Nullable String wait;

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
            schema =
                    @Schema(
                            enumeration = {"text", "json", "base64"},
                            defaultValue = "text"))
    @RestQuery
    @Nullable String format;
}
