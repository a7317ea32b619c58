namespace UnsupClipCap.Metrics;

/// <summary>What a candidate's tuples of a category share with the references' tuples of it.</summary>
/// <param name="Matched">Tuples of the candidate that some tuple of the references is like.</param>
/// <param name="Candidate">Tuples of the candidate.</param>
/// <param name="Reference">Tuples of the references' graph.</param>
public readonly record struct SpiceCount(int Matched, int Candidate, int Reference)
{
    /// <summary>
    /// F1 of precision and recall (Anderson et al. 2016, eq. 4), 0 where nothing matched. Several tuples of the candidate may match one of the
    /// references, so that recall, and F1 with it, can in rare cases exceed 1, as in the original.
    /// </summary>
    public double F1
    {
        get
        {
            if (Matched == 0) return 0;
            double precision = (double)Matched / Candidate, recall = (double)Matched / Reference;
            return 2 * precision * recall / (precision + recall);
        }
    }
}
