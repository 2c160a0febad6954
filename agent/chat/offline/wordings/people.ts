/** Ways to ask for people, records and the copy itself. Each block: the question as the analyst reads it, then ways people put it. */
export const peopleWordings = `
> who are our members
who is in the club
list everybody with a running membership
people paying a subscription
everyone subscribed
names of the current members
member list
list of all active subscribers
who pays every month
who has a live subscription
people who belong to the club
full membership roster
the roster of members
who holds a membership
who is currently subscribed
all people with a subscription

> former members
people who used to be members
ex members
who used to be a subscriber
members of old
past subscribers
list of ex subscribers
old members
people who once had a membership
who was a member once
previous club members
members from the past
people who used to subscribe
former club members
who used to pay monthly

> people who cancelled a membership {when:this month}
who quit the club
which members walked away
members who dropped out
names of the members who quit
who stopped being a member
who gave up membership
which subscribers cancelled
list the cancellations by name
who jumped ship from the membership
members who said goodbye
who terminated a subscription
which members left us
list of people who quit a membership
who churned

> show new members {when:this month}
who started a membership
who signed up as a member
members who came on board
freshly joined members
list of fresh members
new members by name
which people took out a membership
who is a brand new subscriber
people who began subscribing
who entered the club
list the latest subscribers
who bought a membership
fresh subscribers

> people whose subscription ends {when:this month}
memberships about to run out
who is about to lose membership
which memberships are running out
list memberships that expire
members whose time is up
which subscribers reach the end
members close to the end of the subscription
memberships about to expire
whose plan is about to run out
subscriptions about to end by name
who is close to the end of a membership
members about to reach the end of the plan
soon expiring memberships

> people whose membership renews {when:this month}
upcoming renewals
who is due for renewal
list of renewals
which subscriptions roll over
members with a renewal coming
whose plan gets charged again
renewals coming up by name
which members get the next bill
renewal list
members due for renewal soon
subscriptions due to roll over

> people whose card failed {when:this month}
whose credit card was declined
who has a declined card
whose payment did not go through
whose charge bounced
members with payment trouble
payment problems by person
people with a broken card
credit cards that got rejected by person
who could not be charged
people we could not charge
who had a rejected payment
whose card does not work
who needs to update a credit card
who has card trouble
customers with billing problems
list people with billing failures

> people who started a trial {when:this month}
who is trying us out
people who began a free trial
who took a test membership
which people signed up for the trial
who opened a trial account
trial starters
people who went for the free trial
names of new trialists
who entered a trial
list of people testing the membership

> members at risk
which members are likely to cancel
subscribers who might leave
members we could lose
members on the brink of leaving
subscribers in danger of leaving
shaky members
wobbly subscribers
members with one foot out of the door
members likely to drop out
which members should i worry about
endangered memberships by name
members likely to churn

> who is at risk of not coming back
which customers might we lose
customers we are about to lose
customers slipping away
who is drifting away
customers in danger
buyers we could be losing
who is overdue for the next purchase
who should have ordered again by now
customers fading away
who is going cold
which customers should i worry about
customers likely to leave
clients at risk of leaving
at risk customers list
who is likely to stop buying
churn risk customers by name

> show lapsed customers
customers who went silent
customers gone dormant
who used to buy and stopped
old customers who vanished
inactive clients
sleeping customers
clients we have not heard from
customers to win back
win back list
dead accounts
customers who disappeared
who stopped ordering
list dormant buyers
which clients went quiet
asleep customers by name
buyers who faded out

> show active customers
customers who are alive
which clients keep buying
list the live customers
clients still ordering
names of the active buyers
who is an active client
which customers are active
engaged buyers by name
current clients list
list buyers who are active
who is still an active buyer
customers who keep ordering

> show customers
list all our buyers
everybody who is a customer
names of all clients
full customer list
client list
customer directory
list every paying client
who are our customers
give a list of clients
everyone who has paid for something
everybody who purchased something
all buyers by name
people who are customers

> top 10 customers by spend {when:all time}
our best clients
who spends the most with us
biggest spenders
most valuable customers
who are the heavy spenders
our most profitable buyers
who leaves the most money here
customers ranked by how much was paid
highest paying clients
who paid us the most
top spenders
top clients by money
which people are worth the most
highest value customers
customers with the largest total
our most important customers

> top 10 customers by number of orders {when:all time}
who orders the most often
most frequent buyers
our most loyal shoppers by purchases
who comes back the most
customers with the highest order count
who placed the most orders
our regular buyers
who shops here the most often
customers ranked by purchases
most loyal customers by order count
frequent shoppers
who has the most purchases
top repeat buyers

> who are our newest customers
freshest customers
latest people to make a first purchase
most recent first time buyers
last people who turned into customers
newest clients
the newest buyers on the books
latest new customers by name
brand new clients
last first purchases by person
list the most recent new customers
customers we won most recently

> who bought most recently
most recent buyers
who placed the last orders
who made the last purchase
latest shoppers
the last few buyers
who was the last one to buy
latest people to purchase
people with the most recent purchase
customers sorted by last purchase
buyers sorted by last order

> last 10 leads
newest contacts
the latest sign ups by name
most recent people in the database
last people to come in
newest entries in the crm
freshest leads
latest additions to the list
most recently added people
the last few opt ins
newest names in keap
latest leads
contacts sorted by date added
latest contacts

> people added {when:this week}
who came in
who signed up
list the fresh leads
who landed in the database
who opted in
names of new leads
list new contacts
which contacts were created
who entered the crm
new people by name
list the sign ups
who got onto the list
new entries by name
which leads arrived
list everyone who came in
who is new here
new faces

> who became a customer {when:last month}
who bought for the first time
names of the first time buyers
which leads turned into buyers
who made a first purchase
list new customers
who placed a first order
first timers
who converted into a customer
new clients by name
list our new buyers
who went from lead to customer
list people with a first purchase
which leads converted
which people became clients
who became a buyer

> who bought {when:this month}
who placed an order
list the people who purchased
which clients ordered something
names of the buyers
who shopped with us
who made a purchase
list everyone who ordered
customers with a purchase
people with an order
who got something from the shop
which customers purchased
list of shoppers

> people who never bought
leads without a purchase
people with no orders
who has never ordered anything
people on the list who never spent a cent
contacts with no purchase
who has not bought anything at all
everybody without an order
never purchased anything
freeloaders who never bought
prospects who never ordered
tire kickers who never purchased
who has bought nothing
window shoppers who never bought

> people who have not bought {when:in 6 months}
who has not ordered
who did not buy
people with no purchase
who has not purchased
contacts with no order
people without an order
everybody who has not purchased anything
who made no purchase
contacts who did not order

> people who bought more than once
returning customers by name
list repeat buyers
who came back for more
who ordered again
people with several orders
customers with multiple purchases
who bought a second time
people who purchased again
customers with at least two orders
who has bought repeatedly
who reordered
names of repeat customers

> people who bought only once
one time buyers
customers with just one order
who purchased a single time
people with only one order
customers who ordered only once
one and done customers
customers who never came back after the first order
single purchase clients
people with one purchase only
buyers with a single order
who ordered once and never again
customers who did not buy a second time
customers without a second purchase
who never ordered a second time
list one off buyers

> customers who are not members
buyers without a subscription
who buys but is not a member
clients who are not in the club
buyers who are not subscribed
customers with no subscription
customers not subscribed
shoppers outside the membership
clients with no membership
buyers who have no membership
who purchased but is not in the club
which customers could become members

> people who never had a membership
who was never a member
who never subscribed
people who never joined the club
never been in the club
contacts never subscribed
never members
who never took out a subscription
people who have never been subscribers
who never paid for a membership
contacts who never held a membership
never a subscriber

> people who unsubscribed
who opted out of our emails
who does not want emails
list of opt outs
people who left the mailing list
who took off the newsletter
opted out contacts
contacts who signed off from the newsletter
unsubscribed people by name
who said no to emails
list everyone who opted out
who is off the mailing list
who asked to stop the emails

> show mailable contacts
who is allowed to get our newsletter
everyone opted in
who gave permission for email
mailing list by name
who agreed to emails
people with consent for email
reachable by email
list of marketable people
subscribers to the newsletter
who is subscribed to the mailing list
everyone we have permission to email
contacts we have consent for
people allowed to be mailed

> people who opened an email {when:this month}
who read our emails
who looks at our newsletter
readers of our emails
who opens our messages
names of the openers
list everyone who read a mail
who reads what we send
who paid attention to our mailings
list email readers

> people who never opened an email
who never reads our emails
contacts who ignore every email and never open
people with no opens
never openers
who never looked at a mail
contacts without a single open
never read any newsletter
who never opens our messages
people who have never read what we send
contacts with zero opens who never read

> people who did not open an email {when:in 90 days}
who is not reading our emails
who has not read our mails
people not opening emails

> people who clicked an email {when:last month}
who clicked a link
clickers
who followed a link in our newsletter
which people clicked through
who clicks in our mails
people who pressed a link in an email
names of the clickers
list everyone who clicked
who tapped a link in a mail
contacts with a click
who went from the newsletter to the site
who reacted to our emails with a click

> people who never clicked an email
who never follows a link
people with no clicks
contacts without a click
never clickers
who has never clicked on anything
contacts who have never clicked a link
never clicked through
people who never pressed a link in our mails
who never clicks

> people who opened an email but never bought
readers who never bought
email readers who never ordered
people who read our mails but never purchased
who opens our emails but never orders
interested readers who never purchased
openers who never bought
newsletter readers who never spent a cent
who reads but never buys

> people who clicked but never bought
who clicks but never buys
clickers who never ordered
people who follow links but never order
who clicked a link but never purchased
link clickers who never bought
clicked on something but never bought anything
who clicks in our mails but never orders
clickers who never turned into buyers

> people who received an email {when:this week}
who was sent a newsletter
recipients of our emails
list the recipients
who received something from us by email
who did the newsletter go to
list the recipients of our mails
everyone the newsletter was sent to
who was on the send list
to whom did the mailing go out
names of the newsletter recipients
addressees of our mailing
contacts sent a campaign

> people who never got an email
who was never mailed
whom have we never written to
contacts we never emailed
who has never received anything from us by email
people never mailed
never contacted by email
contacts who never got a message
to whom did we never write

> people without an email address
no email on file
whose email is missing
contacts with no email
who has no email
people we have no email address for
records without email
missing email addresses by name
contacts missing an email
who can i not mail because no address is stored
people where the email field is empty
blank email field
people who left no email

> people without phone number
no phone on file
whose phone is missing
contacts with no telephone
who has no phone
people we can not call because no number is stored
contacts missing a phone number
missing phone numbers by name
records without a telephone number
contacts without a mobile
whose number do we not have
people who left no phone number
blank phone field
whom can we not ring

> people without owner
contacts nobody looks after
leads no one is assigned to
unassigned contacts
contacts with no owner
orphan contacts
who belongs to nobody
who has no sales rep
leads without a rep
people not assigned to anyone
contacts without an account manager
unowned leads
who is nobody responsible for
leads still to be assigned
who has nobody taking care

> people without lead source
unknown origin
we do not know where who came from
contacts with no lead source
people with no source
contacts with an unknown source
no lead source on file
whose source is missing
missing lead source by name
contacts missing a source
blank source field
source not filled in

> people without any tags
untagged contacts
who has no tag
contacts with no label
people not tagged
contacts with zero tags
records without tags
who has never been tagged
contacts lacking a tag
people without a label
no tags at all

> people with a phone number but no email address
reachable by phone but not by email
who has a phone but no email
contacts with a telephone but no email
people we can call but not mail
phone only contacts with no email
contacts with a number but without email
no email but a phone
people with a mobile but without email address
who can we ring but not write to

> customers who have not bought {when:in 6 months}
which customers have not ordered
customers with no order
customers without a purchase
clients who did not order
buyers who have not come back
customers who made no purchase
which clients bought nothing
customers who did not buy
clients without an order
customers who have not purchased
which buyers have not ordered
customers not ordering

> how many customers have not bought {when:in 6 months}
how many customers have not ordered
how many clients did not buy
number of customers with no order
how many customers made no purchase
number of buyers who did not order
count of customers without an order
how many clients have not come back
how many customers have not purchased
how many clients bought nothing

> show duplicate contacts
who is in the crm twice
doubled records
contacts stored twice
people entered two times
dupes in the database
double entries
same person in keap twice
people with two records
records to merge
contacts to clean up because of doubles
find the doubles
twins in the contact list
repeated contacts

> people with a birthday {when:this month}
whose birthday is coming
birthday kids
birthday children
upcoming birthdays
who turns a year older
who do we congratulate
whom should we wish happy birthday
people to send a birthday card
birthday calendar
who celebrates a birthday
list of bdays
birthday list

> who owes us money
who is in debt with us
people with an open balance
who has not settled up
list of debtors
people with something unpaid
who did not pay
whose invoices are unpaid
whom are we waiting for to pay
who has an open bill
people with money outstanding
people who have not paid
whose balance is open
who still needs to settle up
who still owes

> who has an overdue invoice
who is late paying
late payers
who is behind on payments
people past the due date
overdue debtors
who missed the due date
who should have paid by now
whom do we need to send a payment reminder
who to chase for late payment
delinquent accounts
who to dun
people past due
people in arrears
people late with the bill
people behind with an invoice

> who owes the most
biggest debtors
people with the highest open balance
largest outstanding balances by customer
who has the largest debt
top debtors
customers ranked by open balance
who has the biggest unpaid bill total
clients with the highest debt
who is deepest in debt
people with the most unpaid
highest open balances by person

> who had a refund {when:this month}
who got money back
who asked for money back
whom did we refund
people we paid back
who returned something
who was reimbursed
refunded customers
list refunded people
who sent something back
names behind the refunds
people who were reimbursed
people who got a refund from us

> who has an open deal
people we are negotiating with
who is in the pipeline
contacts in the sales pipeline
people with a running opportunity
prospects in talks
who are we trying to close
contacts with a pending deal
who is in the sales process
people with a live deal
who is being worked by sales
hot prospects in the pipeline

> people we lost a deal with {when:this year}
who said no to our offer
contacts with a lost deal
who turned us down
people whose deal was lost
prospects who said no
whose opportunity was lost
who declined our offer
people behind the lost deals
prospects lost

> people with a won deal
whose deal did we win
contacts with a closed won deal
people behind the won deals
prospects we won
who said yes to the offer
who accepted our proposal
people with a deal won
people with a successful deal
people who signed a contract with us
contacts behind a closed won deal

> people with an overdue task
who are we late following up with
who is waiting for a late follow up
contacts with a late task
whom have we forgotten to call
contacts with an overdue follow up
who should have been followed up already
who has a task past due
contacts with a missed follow up
contacts with a late follow up
people whose follow up is late

> people with an open task
whom do we have to follow up with
who still needs a follow up
contacts with a pending task
people with a pending follow up
people we have a task for
contacts with outstanding to-dos
contacts with an open follow up
contacts with a task on the list
who has a follow up waiting

> people who had an appointment {when:last month}
who came to a meeting
who did we talk to in a call
who sat down with us
people behind the past appointments
who did the team meet
whom did we already meet
people we already met
who came to a session
who showed up for a consultation
who attended a call with us

> people who never had an appointment
whom have we never met
contacts never met
people who never had a call with us
never had a meeting
who was never in a meeting
contacts who never sat down with us
never met in person
people who never had a session
who never came to a meeting

> people with {tag}
everyone tagged {tag}
list the {tag} people
who carries the label {tag}
contacts labelled {tag}
members of the {tag} group
everybody on the {tag} list
who belongs to {tag}
all {tag} by name
who is marked as {tag}
contacts that hold {tag}
all people in the group {tag}
who wears the tag {tag}

> people without {tag}
who is not tagged {tag}
contacts that are not {tag}
who does not have the tag {tag}
people missing the tag {tag}
contacts not labelled {tag}
who lacks {tag}
everyone who is not in {tag}
non {tag} people
people not marked as {tag}
who never got {tag}
people outside {tag}

> people who got {tag} {when:this month}
to whom was {tag} applied
who was given the tag {tag}
fresh {tag} people
who received {tag}
newly tagged {tag}
whom did we tag {tag}
people put into {tag}
people newly marked as {tag}
who entered {tag}
who was added to {tag}

> people with {tag} who never bought
{tag} without a purchase
{tag} people who have not bought anything
{tag} with no orders
which {tag} never ordered
who is tagged {tag} but never purchased
who is {tag} but has not bought
who is in {tag} but never bought
{tag} but never ordered
{tag} folks who have bought nothing

> customers with {tag}
customers tagged {tag}
buyers who are {tag}
clients labelled {tag}
which customers are {tag}
who is a customer and {tag}
{tag} who are customers
list the {tag} buyers
{tag} clients by name
{tag} people who are also customers
paying clients among the {tag}

> show members with {tag}
members tagged {tag}
which members are {tag}
who is a member and {tag}
subscribers labelled {tag}
{tag} who are members
{tag} people in the club
{tag} with a running membership
list the {tag} subscribers
{tag} who pay a subscription

> people with {tag} who bought {product}
{tag} who have {product}
which {tag} purchased {product}
{tag} people who own {product}
buyers of {product} tagged {tag}
{product} buyers who are {tag}
buyers of {product} among the {tag}
who has {product} and is tagged {tag}

> people with {tag} who bought {when:this year}
{tag} who placed an order
which {tag} ordered something
buyers among the {tag}
who of the {tag} purchased
{tag} people who ordered
{tag} who shopped with us
who is {tag} and ordered
{tag} who made a purchase

> top 10 people with {tag} by spend
biggest spenders among {tag}
best {tag} customers
who spends the most of the {tag}
most valuable {tag}
top {tag} by money
{tag} ranked by spend
which {tag} paid us the most
highest paying {tag}
{tag} worth the most
top spenders in {tag}

> how many people have {tag}
count of people tagged {tag}
how many {tag} are there
number of {tag}
count the {tag}
how many contacts carry {tag}
how many are tagged {tag}
how many belong to {tag}
how many folks are in {tag}
how many {tag} do we have

> how many people got {tag} {when:this month}
how often was {tag} applied
how many new {tag}
number of new {tag}
how many times did we give out {tag}
count of fresh {tag}
how many received {tag}
how many entered {tag}
how many were added to {tag}
how many were put into {tag}

> how many people without {tag}
how many are not tagged {tag}
how many do not have {tag}
number of people not in {tag}
how many contacts lack {tag}
count of everyone except {tag}
how many are not {tag}
number of contacts without the tag {tag}
how many are missing {tag}
how many never got {tag}

> how many people have {tag} and never bought
how many {tag} have no orders
how many {tag} never ordered
number of {tag} who never purchased
how many {tag} have not bought anything
count the {tag} without a purchase
how many in {tag} never bought
how many {tag} bought nothing

> how many customers have {tag}
how many customers are {tag}
how many buyers are tagged {tag}
number of customers with {tag}
how many {tag} are customers
count of clients labelled {tag}
how many clients are {tag}
how many of our customers carry {tag}
how many of the {tag} are buyers
number of {tag} clients

> how many members have {tag}
how many members are {tag}
how many subscribers are tagged {tag}
number of members with {tag}
how many {tag} are members
count of members labelled {tag}
how many {tag} pay a subscription
how many of the {tag} are in the club
number of {tag} subscribers
how many {tag} hold a membership

> people who bought {product} {when:all time}
owners of {product}
who purchased {product}
who got {product}
list everyone with {product}
who ordered {product}
to whom did we sell {product}
{product} buyers
names of the {product} customers
people who own {product}
who paid for {product}
who took {product}

> people who never bought {product}
who does not have {product}
everyone without {product}
who has not bought {product}
people who do not own {product}
who never ordered {product}
contacts without an order of {product}
who never purchased {product}
whoever has not got {product}
people not owning {product}

> people who bought {product} more than once
repeat buyers of {product}
who reordered {product}
customers with several {product}
people with at least two orders of {product}
who came back for another {product}
returning buyers of {product}
who purchased {product} repeatedly
people with multiple {product} orders

> people who are members and also bought {product}
members who have {product}
which members purchased {product}
subscribers who ordered {product}
members who own {product}
who is in the club and got {product}
subscribers who got {product}
{product} buyers who are members
{product} owners in the club
which subscribers bought {product}

> how many people bought {product} {when:this year}
how many customers purchased {product}
how many buyers does {product} have
number of buyers of {product}
how many people ordered {product}
count of people with {product}
how many different people got {product}
how many clients took {product}
how many people paid for {product}
how many own {product}

> list orders of {product} {when:this month}
every sale of {product} one by one
each order with {product}
all {product} orders in a list
list the sales of {product}
itemised {product} sales
single orders for {product}
order list of {product}
the individual sales of {product}
list the invoices for {product}

> people who bought {category} {when:all time}
who purchased {category}
who ordered {category}
owners of {category}
names of the {category} buyers
who got something from {category}
list everyone with {category}
people who own {category}
who paid for {category}

> people who never bought {category}
who has not bought {category}
people without {category}
who does not own {category}
who never ordered {category}
nothing bought from {category}
who never purchased anything from {category}
who has bought no {category}

> how many people bought {category} {when:this year}
how many customers purchased {category}
number of buyers of {category}
how many buyers does {category} have
how many people ordered {category}
count of people with {category}
how many people paid for {category}

> people on {plan}
who is on {plan}
members of {plan} by name
which people pay for {plan}
who holds {plan}
names of the {plan} people
subscribers to {plan} by name
who runs on {plan}

> who subscribed to {plan} {when:this month}
who joined {plan}
new members of {plan} by name
who started {plan}
who signed up for {plan}
who took out {plan}
who came on board with {plan}
who began {plan}

> how many people on {plan}
how many subscribers are in {plan}
number of people on {plan}
how many members does {plan} have
how many pay for {plan}
how many hold {plan}

> people in {country}
who lives in {country}
contacts from {country}
everyone in {country}
people based in {country}
who do we have in {country}
list the {country} people
whoever sits in {country}
contacts with an address in {country}

> show customers in {country}
list clients in {country}
who in {country} is a customer
{country} customers by name
which customers live in {country}
names of our {country} clients
customers based in {country}
list our customers from {country}
clients living in {country}
list of buyers in {country}
names of the buyers in {country}

> show members in {country}
members living in {country}
which members are in {country}
{country} members by name
who in {country} is a member
club members from {country}
who pays a subscription in {country}
subscribers based in {country}
list the {country} subscribers

> top 10 customers in {country} by spend
best customers in {country}
biggest spenders in {country}
who spends the most in {country}
most valuable {country} clients
{country} customers who paid the most
top {country} buyers
highest paying clients in {country}
{country} customers ranked by money
top spenders from {country}

> how many people in {country}
how many contacts are in {country}
number of contacts in {country}
how many live in {country}
how many people do we have in {country}
count of {country} contacts
how many folks from {country}
how many of our contacts are based in {country}

> how many customers are in {country}
how many buyers do we have in {country}
number of customers in {country}
how many clients live in {country}
count of {country} customers
how many of our customers are from {country}
number of {country} clients
how many customers are based in {country}

> people in {region}
who lives in {region}
contacts from {region}
everyone in {region}
people based in {region}
who do we have in {region}
list the {region} people
contacts with an address in {region}

> show customers in {region}
list clients in {region}
who in {region} is a customer
{region} customers by name
which customers live in {region}
names of our {region} clients
customers based in {region}
clients living in {region}
list of buyers in {region}
names of the buyers in {region}

> how many people in {region}
how many contacts are in {region}
number of contacts in {region}
how many live in {region}
how many people do we have in {region}
count of {region} contacts
how many folks from {region}
how many of our contacts are based in {region}

> how many customers in {region}
how many buyers do we have in {region}
number of customers in {region}
how many clients live in {region}
count of {region} customers
number of {region} clients
how many of our customers are from {region}

> people from {lead_source}
who came from {lead_source}
who found us through {lead_source}
contacts that {lead_source} brought
whom did {lead_source} bring
everyone who came via {lead_source}
list the {lead_source} people
contacts with the source {lead_source}
who did we get from {lead_source}
who heard about us from {lead_source}
everybody acquired by {lead_source}

> show customers from {lead_source}
customers who came through {lead_source}
which customers came from {lead_source}
{lead_source} customers by name
clients {lead_source} brought
list clients from {lead_source}
who is a customer thanks to {lead_source}
clients acquired by {lead_source}
{lead_source} customers in a list
list the customers {lead_source} brought
names of the {lead_source} clients

> leads from {lead_source} who never bought
{lead_source} leads without a purchase
{lead_source} people who have not bought anything
who came from {lead_source} but never ordered
{lead_source} contacts with no orders
who came from {lead_source} but never bought
leads {lead_source} brought who never purchased
{lead_source} leads who bought nothing

> show new leads from {lead_source} {when:this month}
fresh leads from {lead_source}
who is new from {lead_source}
list new {lead_source} leads
new contacts from {lead_source} by name
new {lead_source} sign ups by name
latest {lead_source} leads
list the leads {lead_source} sent
new people {lead_source} brought

> how many people from {lead_source}
how many contacts came from {lead_source}
number of contacts with the source {lead_source}
how many people do we have through {lead_source}
how many contacts does {lead_source} account for
count of {lead_source} contacts
number of people from {lead_source}

> how many customers from {lead_source}
how many buyers came from {lead_source}
number of customers from {lead_source}
how many clients came through {lead_source}
count of {lead_source} customers
how many of our customers found us through {lead_source}
how many customers do we have thanks to {lead_source}
number of {lead_source} clients

> show people of {owner}
who does {owner} look after
contacts assigned to {owner}
whom is {owner} responsible for
{owner} contacts by name
list the people {owner} takes care of
who belongs to {owner}
everyone owned by {owner}
the contact list of {owner}
which people are assigned to {owner}

> how many people does {owner} have
how many contacts are assigned to {owner}
number of contacts of {owner}
how many people does {owner} look after
how many is {owner} responsible for
count the contacts owned by {owner}
how many contacts does {owner} take care of
how many belong to {owner}

> show open deals of {owner}
what is {owner} working on in sales
pipeline deals of {owner}
deals {owner} has going
opportunities of {owner}
deals {owner} is trying to close
list what {owner} has in the pipeline
running opportunities of {owner}
deals in the hands of {owner}
which deals is {owner} negotiating
pending deals of {owner}

> show won deals of {owner} {when:this year}
list the deals {owner} won
closed won deals of {owner}
deals {owner} landed
successful deals of {owner}
list the wins of {owner}
which opportunities did {owner} win
deals {owner} brought home

> show lost deals of {owner} {when:this year}
which deals did {owner} lose
list the deals {owner} lost
lost opportunities of {owner}
which opportunities did {owner} lose
deals that slipped away from {owner}
closed lost deals of {owner}
list the losses of {owner}
what did {owner} lose

> show open tasks of {owner}
what does {owner} have to do
to-do list of {owner}
what is on the plate of {owner}
tasks assigned to {owner}
what has {owner} still to do
pending tasks of {owner}
to-dos for {owner}
work waiting for {owner}
unfinished tasks of {owner}
outstanding follow ups of {owner}
jobs {owner} has open

> show overdue tasks of {owner}
what is {owner} late with
late tasks of {owner}
tasks {owner} is behind on
what should {owner} have done already
overdue to-dos of {owner}
where is {owner} behind
past due tasks of {owner}
follow ups {owner} missed
what did {owner} forget to do
tasks {owner} let slip

> show appointments of {owner} {when:this week}
calendar of {owner}
whom does {owner} meet
meetings of {owner}
what is in the diary of {owner}
agenda of {owner}
schedule of {owner}
calls {owner} has booked
meetings {owner} has planned
bookings for {owner}

> how many people never bought
how many leads have no purchase
how many contacts never ordered anything
number of people who never purchased
how many have not bought anything
how many people on the list never spent a cent
how many contacts have no orders
number of contacts without an order
how many bought nothing

> how many people have not bought {when:in 6 months}
how many have not purchased
how many contacts have not ordered
how many people made no purchase
number of people with no order
how many people bought nothing
count of people who have not bought
how many contacts did not buy

> how many people bought more than once
how many repeat buyers are there
number of people who ordered again
how many reordered
count of repeat customers
how many have several orders
number of customers with multiple purchases
how many bought a second time

> how many people bought only once
how many one time buyers
number of customers with a single order
how many clients ordered just once
how many ordered only once
count of one off buyers
how many have only one order
how many customers did not buy a second time
how many never came back after the first order
number of single purchase customers

> how many people have no email address
how many emails are missing
how many contacts are without email
number of people with no email
how many have no email on file
count of contacts missing an email
how many records lack an email
how many do we have no email for

> how many people have no phone number
how many phone numbers are missing
how many contacts are without a phone
number of people with no phone
how many have no telephone on file
count of contacts missing a phone
how many can we not call
how many records lack a phone number

> how many people have no owner
how many contacts are unassigned
how many leads has nobody been assigned to
number of contacts without an owner
how many have no rep
how many are not assigned to anyone
count of orphan contacts
how many leads have no sales rep
number of unowned contacts

> how many people owe us money
how many debtors are there
number of people with an open balance
how many have money outstanding
how many did not pay
number of debtors
how many people have not paid
how many people have an open bill
count of people with something unpaid
how many people have not settled up

> how many people have an overdue invoice
how many late payers
how many are behind on payments
how many missed the due date
count of overdue debtors
how many should have paid by now
number of late payers
number of people past due
how many people are in arrears
how many people are late with the bill

> how many people had a refund {when:this month}
how many people did we refund
number of people refunded
how many people returned something
how many people got money back
how many people did we pay back
how many people were reimbursed
count of refunded people

> how many people opened an email {when:this month}
how many people read our emails
number of people who open our emails
how many contacts opened the newsletter
count of email readers
how many different people opened

> how many people clicked an email {when:this month}
how many people clicked a link
how many contacts followed a link
number of people who clicked
how many clickers
count of people with a click
how many different people clicked through
how many readers click in our newsletter
how many people pressed a link in a mail

> how many people never opened an email
how many never read our emails
number of people with no opens who never read
how many never look at our mails
count of never openers
how many have never opened anything
number of contacts who never open

> how many people did not open an email {when:in 90 days}
how many do not read our emails
number of contacts who do not open emails
how many people have not read our mails

> how many customers are at risk
how many customers might we lose
how many clients are slipping away
number of customers at risk
how many buyers are drifting away
how many are overdue for the next purchase
how many customers should we worry about
count of customers in danger

> how many members are at risk
how many members might cancel
how many subscribers could we lose
number of members at risk
how many members are likely to quit
how many subscribers are likely to leave
count of members in danger of leaving

> how many former members
how many ex members do we have
how many people used to be members
number of past members
how many used to subscribe
how many old members are there
count of previous subscribers
number of ex subscribers
how many people once had a membership

> show open tasks
what is on my to-do list
what is left to do
what do we still have to do
list the pending tasks
unfinished work
what is on our plate
all outstanding follow ups
todo list
list everything still to do
tasks that are not finished
work still open
to-dos not finished
our pending to-dos
everything on the task list

> show overdue tasks
what are we late with
late to-dos
what should have been done already
which tasks slipped
tasks past the due date
follow ups we missed
what did we forget to do
what is behind schedule
tasks running late
what is past due on the to-do list
what fell through the cracks
the backlog of late tasks
missed tasks

> show tasks due {when:this week}
which follow ups are due
to-dos due
tasks with a deadline
which deadlines are coming
tasks that fall due
to-dos with a deadline
list of deadlines
due list
tasks with a due date
which to-dos fall due

> show completed tasks {when:this week}
which tasks were ticked off
finished to-dos
list the finished tasks
tasks we completed
which follow ups are done
what was crossed off the list
what did the team finish
what have we accomplished on the task list
which to-dos are finished
completed to-dos
closed tasks

> open tasks by owner
how is the work spread over the team
to-dos per person
workload by person
tasks left for each of the team
who has the most on the plate
pending tasks per rep
busiest person in the team by tasks
open to-dos by user
how loaded is each of the team
who has the most tasks
who is swamped with tasks

> overdue tasks by owner
who is behind with work
who has the most late tasks
late tasks per person
who is running late with tasks
past due to-dos by rep
who lets tasks slip
overdue to-dos per team member
who missed the most follow ups
late work by user

> how many open tasks
how many to-dos are left
number of pending tasks
how many things do we still have to do
count of unfinished tasks
how many tasks are pending
how many outstanding follow ups

> how many overdue tasks
how many tasks are late
number of late tasks
how many to-dos are past due
how many tasks slipped
how many follow ups did we miss
count of past due tasks
how many tasks are behind schedule

> how many tasks are due {when:this week}
how many to-dos are due
number of tasks due
how many deadlines
how many follow ups are due
count of tasks with a deadline
how many tasks fall due
number of deadlines

> show appointments {when:this week}
what is in the calendar
our meetings
which meetings are booked
what is in the diary
agenda of meetings
list the calls we have booked
list the bookings
schedule of meetings
which sessions are planned
who has a meeting with us
upcoming calls
what meetings are coming up
which appointments are coming up
appointments on the schedule
sessions on the calendar
list of planned meetings
who is booked in

> show open deals
what are we negotiating
list running opportunities
which deals are still going
deals in play
current opportunities
list the pending deals
what are we trying to close
deals not closed
deals in progress
deals on the table
ongoing sales conversations
list the sales pipeline
deals still open by name
unfinished opportunities
list of open opportunities

> show the biggest open deals
largest opportunities
most valuable deals in the pipeline
which deals are worth the most
fattest deals in play
top opportunities by value
high value deals in progress
biggest fish in the pipeline
highest deals on the table
pipeline sorted by value
deals with the most money in play

> show stuck deals
deals that do not move
which deals are stalling
opportunities that are stale
deals gone cold
deals collecting dust
deals sitting around
frozen opportunities
oldest deals in the pipeline
deals hanging for too long
longest waiting opportunities
deals that got bogged down

> show overdue deals
deals with a late next action
deals we forgot to follow up
opportunities with a missed next step
deals past the next action date
which deals are late
deals that should have been worked on already
deals with a next step past due
overdue opportunities
deals waiting for a late follow up

> show deals closing {when:this month}
which deals are about to close
deals expected to be signed
opportunities due to close
deals with a close date
what is about to come in from the pipeline
deals near the finish line
deals forecast to close
close dates coming up
deals we expect to finish
deals about to be signed
opportunities about to land

> show deals created {when:this month}
new opportunities
which deals were added to the pipeline
fresh deals
which opportunities came in
deals started
newly opened opportunities
deals that were opened
new deals by name
additions to the pipeline
list the new opportunities

> show won deals {when:this quarter}
which deals did we win
list the wins
list the deals signed
closed won opportunities
deals we landed
successful deals
what did sales sign
which contracts were signed
opportunities we won
deals brought home

> show lost deals {when:this quarter}
which deals did we lose
list the losses
closed lost opportunities
which offers were turned down
opportunities we lost
deals that got away
failed deals
deals that fell through
which opportunities were lost
deals gone to a competitor

> open deals by owner
how many deals does each of the team have
pipeline deals per rep
who has the most deals going
deals in progress per person
running opportunities by rep
who handles the most opportunities
how are the deals spread over the team
opportunities per team member

> how many open deals
how many deals are in the pipeline
number of running opportunities
how many deals are still going
how many opportunities do we have
count of deals in progress
how many deals are on the table
number of deals in play
how many deals are we negotiating
how many pending deals

> list the orders {when:this week}
all sales one by one
each order in a list
every single purchase
order list
list the transactions
the individual sales
which orders came in
itemised sales
order log
list every sale
line by line orders
the order book
each order by customer
orders line by line
list of purchases

> show the biggest orders {when:this month}
largest purchases
highest invoices
most expensive orders
top orders by amount
biggest single sales
the fattest invoices
orders with the highest amount
biggest tickets
orders sorted by value

> show the latest orders
last sales
most recent orders
newest purchases
what was bought last
what came in last in orders
freshest orders
most recent transactions
latest sales one by one
the last few orders
what was the last sale
newest invoices

> list the refunds {when:this month}
each refund one by one
list what we paid back
every refund
which orders were refunded
list of reimbursements
the individual refunds
itemised refunds
which purchases were returned
refunds in detail

> list the failed payments {when:this month}
each declined charge
declined payments one by one
list the declined cards
every payment that bounced
failed charges in a list
log of failed charges
which payments did not go through
which charges were rejected
the individual declines
payments that went wrong

> show unpaid invoices
which invoices are open
open bills
bills waiting for money
which orders are not paid
invoices not settled
invoices we wait for
which bills have not been paid
list open invoices
unsettled bills
list of outstanding invoices
unpaid bills

> show unpaid invoices, oldest first
the oldest open bills
invoices waiting the longest
which bills are open the longest
oldest debts
aged open invoices
longest unpaid bills
open invoices sorted by age
oldest outstanding invoices
unpaid for the longest time

> show the biggest unpaid invoices
largest open bills
highest outstanding invoices
which open invoices are the largest
biggest sums still out
open invoices sorted by amount
unpaid bills by size
largest debts by invoice
most expensive unpaid bills
top open invoices

> show overdue invoices
late bills
invoices past the due date
which bills are late
invoices that should have been paid already
past due bills
list invoices in arrears
bills to chase
which invoices need a payment reminder
late invoices one by one
invoices running late
invoices to dun

> list notes {when:this week}
what did we write down
notes the team took
what was noted about people
which notes were written
read the notes
latest notes one by one
what did the team jot down
notes in a list
memos written

> sync status
is everything in from keap
how fresh is the data
is the copy current
when was keap last read
how old are the numbers
did the import work
is the data up to date
are we in sync with keap
when was the last refresh
is anything missing in the data
how recent is the copy
is the connection to keap working
when were the data last pulled
last update from keap
can i trust the data
are all the records here

> show conflicts
where does keap disagree with the copy
what clashes
records that differ
where do the two sides not match
what needs to be resolved
mismatches between keap and the copy
which changes collide
clashing changes
list the clashes
contradictions between the two systems
differences to sort out
colliding edits

> which proposals are waiting for approval
what do i need to approve
what is waiting for my ok
pending suggestions
changes waiting for a yes
what needs signing off
which changes are not approved
what is in the approval queue
open proposals
suggested changes to review
what should i confirm
anything to approve
what is up for approval

> show my boards
which dashboards do i have
list the dashboards
which boards are there
all saved boards
what dashboards did we build
pages with charts i made
my chart pages
overview of boards
where are my dashboards

> saved questions
questions i kept
which questions did i save
my bookmarked questions
favourite questions
list of stored questions
questions i stored
questions pinned for later
which questions are saved

> show goals
how far are we from the target
are we hitting the targets
what are our targets
where do we stand against target
are we on target
which targets did we set
progress towards the targets
will we make the target
how close are we to the objective
are we going to reach the goal
goal progress
are the targets met

> list metrics
which numbers can you compute
what figures are available
what can i measure
which kpis exist
all kpis
list of indicators
what do you calculate
what key figures are there
catalogue of metrics
what numbers are there
available kpis
`;
