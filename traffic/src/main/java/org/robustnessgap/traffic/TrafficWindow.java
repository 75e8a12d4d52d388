package org.robustnessgap.traffic;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.messages.JobFailure;

/**
 * What was drawn in a window of time.
 *
 * @param start of the window
 * @param end when the next begins
 * @param samples drawn from all images seen, at most as many as were asked for; empty if none came
 * @param counts of all records
 * @param refusal the first record that was refused, and why; null if none was
 */
public record TrafficWindow(
    Instant start,
    Instant end,
    List<FittedImage> samples,
    TrafficCounts counts,
    JobFailure.@Nullable Refused refusal) {}
