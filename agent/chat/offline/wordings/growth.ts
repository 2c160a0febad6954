/** Ways to ask for subscriptions, leads, e-mails and deals as numbers. Each block: the question as the analyst reads it, then ways people put it. */
export const growthWordings = `
> MRR
how much comes in from members each month
what do our memberships bring in monthly
what is our monthly recurring income
recurring revenue right now
how much recurring money do we have per month
what are subscriptions worth per month
monthly value of all memberships

> MRR by month {when:this year}
how has recurring revenue developed
recurring revenue month by month
how did our mrr grow
mrr over the months
mrr trend by month
how has membership income gone over the months

> MRR by plan
which plan brings in the most recurring revenue
recurring revenue for each plan
how is our mrr split over the plans
what does each membership plan bring in per month
monthly income per plan

> MRR bridge {when:this year}
what moved our mrr
why is our recurring revenue up or down by movement
mrr gained and lost
movement of recurring revenue
what was added to mrr and what was lost
where did mrr come from and go to

> subscribers by month {when:this year}
how many members did we have each month
member count over the months
growth of our membership by month
how has the number of members developed
how did the membership grow over time

> active subscriptions by plan
how many subscriptions on each plan
subscriptions per plan
how are subscriptions spread over the plans
number of running subscriptions for each plan

> subscribers lost {when:last month}
how many members did we lose
how many members quit
how many people cancelled a membership
number of cancellations
how many dropped out of the membership
how many members left us
how many subscribers ended

> subscribers gained {when:last month}
how many new members did we get
how many people joined as members
how many members did we win
number of new memberships
how many memberships were started
how many people took out a subscription

> subscribers lost by month {when:this year}
how many members leave every month
cancellations month by month
members lost over the months
how many quit each month
monthly count of members leaving

> churn rate by month {when:this year}
how is churn developing
what share of members do we lose each month
churn over the months
is churn getting better or worse by month
monthly churn trend

> cancellations by reason {when:this year}
why do members cancel
what reasons do people give for leaving
why do people quit the membership
reasons for cancelling
top reasons why members leave
what makes members leave

> how long do subscribers stay
how long does a member stay on average
how long do people keep a membership
after how many months do people cancel
when do people usually cancel
average length of a membership
typical time until a member quits
how many months does a membership last
how long before members drop out

> failed payments {when:last month}
how many payments did not go through
how many cards were declined
how many payments bounced
number of declined cards
how many charges failed

> recovered payments {when:last month}
how many failed payments did we get in the end
how many declined cards were rescued
how many failed charges went through later
how much of failed billing was recovered

> new leads {when:last month}
how many people found us
how many prospects came in
how many leads did we get
how many signups were there on the list
how many fresh contacts came in
number of leads we generated

> new leads by lead source {when:this month}
where do our leads come from
which channel brings in the most leads
leads per channel
which marketing brings people in
how do people find us
where did new contacts come from
which sources brought leads

> new leads by month {when:this year}
how many leads come in each month
leads over the months
lead growth month by month
how is lead generation developing
monthly lead numbers

> lead conversion rate {when:this year}
what share of leads buys
how many percent of leads become customers
how well do we convert leads
what part of our leads turns into customers
how good are we at turning leads into buyers

> lead conversion rate by lead source {when:this year}
which channel converts best
which source has leads that actually buy
conversion per channel
which leads turn into customers most often by source
where do the leads come from that buy
which marketing channel converts

> cost per lead by lead source {when:this year}
what does a lead cost per channel
which channel has the cheapest leads
lead cost for each source
what do we pay for a lead from each source
where are leads cheapest

> CAC by lead source {when:this year}
acquisition cost for each source
which channel wins customers cheapest
what do we pay to win a customer from each source

> lead source ROI {when:this year}
which marketing pays off
which channel is worth the money
return on what we spend on each source
which ads pay for themselves
is our advertising worth the money by source

> marketing cost by lead source {when:this year}
how much do we spend on each channel
ad spend per source
what does each marketing channel cost us
where does our marketing money go
advertising budget by channel

> value per lead by lead source {when:this year}
which channel brings the most valuable leads
what is a lead worth per source
revenue per lead for each channel
which source has leads that spend most

> median days to the first purchase {when:this year}
how long does it take a lead to buy
time from lead to customer
how many days until people buy for the first time
how fast do leads become customers
how long from signup to first order

> funnel from lead to first purchase {when:this year}
conversion funnel of our leads
where do we lose people before buying
sales funnel from contact to buyer

> customer cohorts
do customers come back by the month of first purchase
cohort table of customers
retention by cohort
how many customers of each month still buy
customer retention table

> emails sent {when:last month}
how many emails went out
how many mails did we send
how much mail did we send out
email volume

> open rate {when:last month}
what share of our emails gets opened
how well are our emails opened
how often do people open our mails

> open rate by month {when:this year}
are our emails opened more or less by month
how has the open rate developed
open rate over the months
opens trend month by month

> click rate {when:last month}
what share of readers clicks
how many percent click in our mails
how well do our emails get clicked
how often do people click our links

> unsubscribes {when:last month}
how many people left the mailing list
how many opted out of emails
how many people do not want our emails
number of opt outs
how many did we lose from the newsletter list

> mailable contacts
how many people can we email
how many contacts can we mail
size of our mailing list
how big is our email list
how many people are reachable by email

> deals won {when:this quarter}
how many deals did we close
how many deals did we win
number of deals won
how many sales did the team close as deals
how many opportunities did we win

> value of deals won {when:this quarter}
how much are the deals worth we won
how much money did we close in deals
total of won deals
worth of deals we closed
how much did we sell in deals

> deals lost {when:this quarter}
how many deals did we lose
number of lost deals
how many opportunities got away
how many deals fell through

> win rate {when:this year}
what share of deals do we win
how often do we win a deal
how many percent of our deals close
our success rate with deals
how good are we at closing

> win rate by owner {when:this year}
who closes best
which of us wins the most deals in percent
success rate of each sales person
closing rate per rep
who in the team is best at closing

> deals won by owner {when:this year}
who closed the most deals
deals won per rep
which of us won the most deals
how many deals did each of us win
deals closed by each in the team

> lost deals by reason {when:this year}
what reasons do we lose deals for
reasons why deals fall through
why did deals not close
what kills our deals

> average deal size {when:this year}
how big is a typical deal
what is a deal worth on average
mean value of a won deal
average worth of our deals

> how long does it take to close a deal {when:this year}
how many days until a deal is won
typical time to close
length of our sales cycle
how fast do we close deals

> pipeline value
how much is in the pipeline
what are all open deals worth
total value of open deals
how much could we still close
worth of everything in the pipeline

> pipeline by stage
what is the pipeline worth in each stage
where in the pipeline is the money
value of deals per stage
how does the pipeline look by stage
where are our deals stuck by stage

> pipeline value by owner
pipeline per rep
who has the most in the pipeline
how much is each of us working on
open deal value for each owner

> weighted pipeline
what can we realistically expect from the pipeline
pipeline weighted by probability
likely value of our open deals
probable value of the pipeline

> why did new leads change {when:last month}
what happened to our leads
why do we have fewer or more leads
what is behind the change in leads
why did lead numbers move

> forecast MRR for the next 6 months
where is our mrr going
how will recurring revenue develop
expected recurring revenue ahead
mrr outlook
what will our mrr be later

> forecast new leads for the next 3 months
how many leads can we expect
lead outlook
how many leads will come in
predicted number of leads

> affiliate commissions by affiliate {when:this year}
what do we owe our affiliates
commission per partner
how much did each affiliate earn
payouts by affiliate

> tasks completed by owner {when:this month}
who got the most done
how many tasks did each of us finish
tasks done per person
who in the team completed most tasks

> notes by owner {when:this month}
who wrote the most notes
how many notes did each of us write
notes per team member

> appointments by owner {when:this month}
who had the most meetings
how many appointments did each of us have
meetings per team member
`;
