"""Forms: typed values become what verbs take, or words about what is wrong with them."""
